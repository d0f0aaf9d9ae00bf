from __future__ import annotations

import pytest

from datacats.engine import steps
from datacats.errors import BuildFailed, EngineError, EngineUnreachable, ImageMissing
from datacats.model.image import ImageRef
from datacats.model.step import Step

REF = ImageRef("datacats/web", "1")
Told = list[dict[str, object]]
DONE: dict[str, object] = {"aux": {"ID": "sha256:1"}}


def test_steps_have_numbers_and_output_has_none() -> None:
    told: Told = [{"stream": "Step 1/2 : FROM x"}, {"stream": "\n"}, {"stream": "hello\nagain\n"}, DONE]

    assert list(steps.of_build(told, REF)) == [Step("FROM x", 1, 2), Step("hello"), Step("again")]


def test_colours_and_progress_bars_are_left_out_of_steps() -> None:
    told: Told = [{"stream": "\x1b[32m10 %\r20 %\x1b[0m\r\n"}, DONE]

    assert [step.text for step in steps.of_build(told, REF)] == ["10 %", "20 %"]


def test_a_failed_build_keeps_its_last_twenty_lines() -> None:
    told = [*({"stream": f"line {number}\n"} for number in range(50)), {"error": "RUN x returned 1"}]

    with pytest.raises(BuildFailed, match="RUN x returned 1") as failed:
        list(steps.of_build(told, REF))

    assert failed.value.detail.splitlines() == [*(f"line {number}" for number in range(31, 50)), "RUN x returned 1"]
    assert failed.value.output.splitlines()[:2] == ["line 0", "line 1"]


def test_a_line_that_comes_in_pieces_is_one() -> None:
    pieces: Told = [{"stream": "\x1b[1mer"}, {"stream": "ror"}, {"stream": ": "}, {"stream": "no way\nbut"}]

    assert [step.text for step in steps.of_build([*pieces, {"stream": " this\r\n"}, DONE], REF)] == [
        "error: no way",
        "but this",
    ]
    with pytest.raises(BuildFailed) as failed:
        list(steps.of_build([*pieces, {"error": "RUN x returned 1"}], REF))
    assert failed.value.detail.splitlines() == ["error: no way", "but", "RUN x returned 1"]


@pytest.mark.parametrize("text", ["", "\n"])
def test_a_failed_build_without_words_is_still_a_failed_build(text: str) -> None:
    with pytest.raises(BuildFailed, match=str(REF)):
        list(steps.of_build([{"error": text}], REF))


def test_a_build_that_ends_without_an_image_was_cut() -> None:
    with pytest.raises(EngineUnreachable, match="broke off"):
        list(steps.of_build([{"stream": "Step 1/2 : FROM x"}], REF))


def layer(name: str, status: str, current: int = 0, total: int = 0) -> dict[str, object]:
    return {"id": name, "status": status, "progressDetail": {"current": current, "total": total} if total else {}}


def test_a_pull_counts_the_bytes_of_all_its_layers() -> None:
    told: Told = [
        {"status": "Pulling from library/x", "id": "1"},
        layer("a", "Pulling fs layer"),
        layer("b", "Already exists"),
        layer("a", "Downloading", 10, 100),
        layer("a", "Downloading", 10, 100),
        layer("a", "Download complete"),
        layer("a", "Extracting", 50, 100),
        layer("a", "Pull complete"),
        {"aux": {}},
    ]

    assert list(steps.of_transfer(told, "pull x")) == [
        Step("1 Pulling from library/x"),
        Step("0 of 1 layers", 0, 0, "bytes"),
        Step("1 of 2 layers", 0, 0, "bytes"),
        Step("1 of 2 layers", 10, 100, "bytes"),
        Step("1 of 2 layers", 100, 100, "bytes"),
        Step("2 of 2 layers", 100, 100, "bytes"),
    ]


def test_a_total_is_told_only_once_the_size_of_each_layer_is_known() -> None:
    told: Told = [
        layer("a", "Preparing"),
        layer("b", "Preparing"),
        layer("a", "Pushing", 512, 100),
        layer("b", "Pushing", 50, 300),
        layer("a", "Pushed"),
        layer("b", "Layer already exists"),
    ]

    found = list(steps.of_transfer(told, "push x"))
    assert [step.total for step in found] == [0, 0, 0, 400, 400, 400]
    assert [step.number for step in found] == [0, 0, 100, 150, 150, 400]


@pytest.mark.parametrize(
    "text",
    [
        "manifest for x not found: manifest unknown: manifest unknown",
        "pull access denied for x, repository does not exist",
        "An image does not exist locally with the tag: x",
    ],
)
def test_an_image_that_is_not_there_is_told_missing(text: str) -> None:
    with pytest.raises(ImageMissing, match="could not pull x"):
        list(steps.of_transfer([{"status": "Pulling"}, {"error": text}], "pull x"))


def test_any_other_failure_of_a_transfer_is_the_engine_s() -> None:
    with pytest.raises(EngineError, match="connection refused") as failed:
        list(steps.of_transfer([{"error": 'Get "http://127.0.0.1:1/v2/": connection refused'}], "pull x"))

    assert not isinstance(failed.value, ImageMissing)
