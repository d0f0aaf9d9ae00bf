"""A page is followed as a person follows it, and told where it leads astray."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.dialect import read
from tests.docs.reader import Reader, Untrue

Follow = Callable[[str], None]


@pytest.fixture
def follow(tmp_path: Path) -> Follow:
    (tmp_path / "data").mkdir()

    def follow(text: str) -> None:
        Reader(read(Path("page.md"), text), tmp_path / "base", tmp_path / "data", os.environ).follow()

    return follow


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ pwd\n/home/me/projects\n$ echo ~\n/home/me\n```\n",
        "```console\n$ mkdir a; cd a\n$ export X='1 2'\n```\n```console\n$ echo ${PWD##*/} $X\na 1 2\n```\n",
        "% status: 3\n```console\n$ echo no >&2; exit 3\nno\n```\n",
        "% file: a/b.txt\n```text\nhello\n```\n```console\n$ cat a/b.txt\nhello\n```\n",
        "% file: ~/b.txt\n```text\nhello\n```\n```console\n$ cat /home/me/b.txt\nhello\n```\n",
        "```python\nimport pathlib\npathlib.Path('x').touch()\n```\n```console\n$ ls\nx\n```\n",
        "% names: catstown\n```console\n$ echo catstown\ncatstown\n```\n",
        "```console\n$ sleep 100 & echo $! >pid\n$ kill $(cat pid)\n```\n",
        "```console\n$ echo Waiting for the environment x '(pid 1: datacats spare -q) ...'; echo b\nb\n```\n",
        "```console\n$ datacats --version\ndatacats ...\n```\n",
        "```console\n$ cat; echo nobody types\nnobody types\n```\n",
    ],
)
def test_it_goes_as_the_page_says(follow: Follow, text: str) -> None:
    follow(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\n```console\n$ true\n$ echo b\na\n```\n", r"page.md:4: \$ echo b\n(.|\n)*-a\n\+b"),
        ("```console\n$ echo why; false\n```\n", r"page.md:2: \$ echo why; false\nended with 1, not 0:\nwhy"),
        ("% status: 1\n```console\n$ true\n```\n", "ended with 0, not 1"),
        ("% run: false\n", "page.md:1: "),
        ("```python\nraise SystemExit('no')\n```\n", "page.md:1: the program ended with 1:\nno"),
        ("% names: catstown\n% run: echo catstown; false\n", "catstown; false\nended with 1, not 0:\ncatstown"),
    ],
)
def test_where_it_leads_astray_is_told_with_its_line_in_the_pages_words(follow: Follow, text: str, why: str) -> None:
    with pytest.raises(Untrue, match=why):
        follow(text)


def test_the_home_of_the_page_is_not_the_home_of_whoever_runs_it(follow: Follow) -> None:
    follow("```console\n$ touch ~/.bashrc; ls ~/.bashrc\n/home/me/.bashrc\n```\n")


def test_everything_that_is_not_so_is_told_at_once(follow: Follow) -> None:
    with pytest.raises(Untrue, match=r"page.md:2: (.|\n)*page.md:4: "):
        follow("```console\n$ echo one\ntwo\n$ false\n```\n")


def test_a_step_that_does_not_end_is_ended_and_told(follow: Follow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.reader.LIMIT", 0.2)
    with pytest.raises(Untrue, match=r"ended with -9(.|\n)*killed after 0.2 s"):
        follow("```console\n$ sleep 100\n```\n")
