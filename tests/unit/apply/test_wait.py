"""How readiness is waited for: until it is there, until it cannot come, or until its time is up; with the evidence."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from datacats.apply import wait, wait_for
from datacats.engine.fake import FakeEngine
from datacats.engine.fake_disk import FakeDisk
from datacats.engine.fake_http import FakeHttp
from datacats.engine.fake_world import Call, FakeContainer, Outcome
from datacats.errors import NoSuchContainer, NotReady
from datacats.model.image import ImageRef
from datacats.model.ports import Answer, LogLine, Ports
from datacats.model.probe import ExecProbe, HttpProbe
from datacats.model.service import ContainerSpec
from datacats.recipes import sources

URL = "http://127.0.0.1:5001/"
PAGE = HttpProbe(URL, "web", deadline=20)
READY = ExecProbe("solr", ("/ready", "60"), deadline=75, what="answers")
REFUSED = Answer(0, "the connection was refused")


class Room(FakeHttp):
    """A network on which time passes only while somebody waits, and what happens at a second."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.engine = FakeEngine()
        for name in ("web", "solr"):
            spec = ContainerSpec(name, ImageRef(name, "1"), (), "1:1")
            self.engine.world.containers[name] = FakeContainer(name * 9, name, spec, ["none"], state="running")

    @property
    def ports(self) -> Ports:
        return Ports(self.engine, FakeDisk(), self)

    @property
    def passed(self) -> float:
        return self.now - 100

    def container(self, name: str) -> FakeContainer:
        return self.engine.world.container(name)

    def log(self, name: str, *lines: str) -> None:
        self.container(name).log.extend((0.0, LogLine("stderr", line)) for line in lines)

    def monotonic(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        super().pause(seconds)
        self.now += seconds


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    found = Room()
    monkeypatch.setattr(wait, "time", SimpleNamespace(monotonic=found.monotonic))
    return found


def failure(room: Room, probe: HttpProbe | ExecProbe = PAGE) -> NotReady:
    with pytest.raises(NotReady) as caught:
        wait_for(probe, room.ports)
    return caught.value


def test_a_page_that_answers_is_asked_for_once(room: Room) -> None:
    room.script(URL, Answer(200))
    wait_for(PAGE, room.ports)
    assert (room.asked, room.pauses) == ([(URL, "")], 0)


@pytest.mark.parametrize("first", [REFUSED, Answer(500), Answer(502), Answer(404), Answer(405)])
def test_whatever_comes_before_the_page_is_waited_through(room: Room, first: Answer) -> None:
    room.script(URL, first, first, Answer(200))
    wait_for(PAGE, room.ports)
    assert len(room.asked) == 3


@pytest.mark.parametrize("status", [204, 301, 302, 308, 401, 403])
def test_a_page_that_is_closed_to_strangers_is_an_answer_of_the_site(room: Room, status: int) -> None:
    room.script(URL, REFUSED, Answer(status))
    wait_for(PAGE, room.ports)
    assert len(room.asked) == 2


def test_what_a_closed_page_does_not_ask_is_asked_instead(room: Room) -> None:
    room.engine.world.program = lambda call: Outcome(1, b"", b"no core ckan\n" if call.container == "solr" else b"")
    room.script(URL, Answer(302))
    assert failure(room, replace(PAGE, behind=READY)).message == "solr is not ready: no core ckan."
    room.script(URL, Answer(200))
    wait_for(replace(PAGE, behind=READY), room.ports)


def test_it_looks_often_and_never_on_a_clock_of_the_engine(room: Room) -> None:
    room.script(URL, *[REFUSED] * 10, Answer(200))
    wait_for(PAGE, room.ports)
    assert room.passed <= 0.5


def test_the_host_that_is_asked_for_is_the_probes(room: Room) -> None:
    room.script(URL, Answer(200))
    wait_for(HttpProbe(URL, "web", 20, host="cats.example.org"), room.ports)
    assert room.asked == [(URL, "cats.example.org")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [(REFUSED, "the connection was refused"), (Answer(503), "status 503"), (Answer(0), "no answer")],
)
def test_at_its_deadline_it_tells_the_last_answer_and_the_end_of_the_log(
    room: Room, answer: Answer, words: str
) -> None:
    room.script(URL, answer)
    room.log("web", *(f"line {number}" for number in range(30)))
    error = failure(room)
    assert error.message == f"web is not ready: {words} after 20 s."
    assert error.detail.splitlines() == [f"line {number}" for number in range(10, 30)]
    assert "datacats logs" in error.hint
    assert 20 <= room.passed < 20.2


def test_a_container_that_ended_is_reported_long_before_the_deadline(room: Room) -> None:
    room.container("web").state, room.container("web").exit_code = "exited", 3
    room.log("web", "ImportError: cats")
    error = failure(room)
    assert error.message == "web is not ready: it ended with status 3."
    assert error.detail == "ImportError: cats"
    assert room.passed < 1.2


def test_a_container_that_ran_out_of_memory_is_called_so(room: Room) -> None:
    room.container("web").out_of_memory = True
    room.container("web").state = "exited"
    assert failure(room).message == "web is not ready: it ran out of memory."


def test_a_development_server_that_gave_up_on_a_mistake_is_reported_at_once(room: Room) -> None:
    room.log(
        "web",
        'File "plugin.py", line 3',
        "SyntaxError: invalid syntax",
        f"{wait.GAVE_UP}: SyntaxError: invalid syntax. Waiting",
    )
    error = failure(room)
    assert error.message == "web is not ready: CKAN does not start."
    assert "SyntaxError: invalid syntax" in error.detail
    assert room.passed < 1.2


def test_a_development_server_that_gave_up_and_was_mended_is_waited_for(room: Room) -> None:
    room.log(
        "web", f"{wait.GAVE_UP}: SyntaxError. Waiting", "datacats: plugin.py changed; making CKAN's application again."
    )
    room.script(URL, *[REFUSED] * 60, Answer(200))
    wait_for(PAGE, room.ports)


def test_the_words_of_a_server_that_gave_up_are_the_images_own() -> None:
    server = next(file for file in sources.image_files("web") if file.path == "development/succession.py")
    text = server.content.decode()
    assert 'f"datacats: {text}' in text
    assert f'say(f"{wait.GAVE_UP.removeprefix("datacats: ")}' in text


def test_a_container_that_vanished_is_no_crash(room: Room) -> None:
    room.engine.world.containers.clear()
    with pytest.raises(NoSuchContainer):
        wait_for(PAGE, room.ports)


def test_a_backing_service_is_asked_once_and_waits_inside(room: Room) -> None:
    calls: list[Call] = []

    def program(call: Call) -> Outcome:
        calls.append(call)
        return Outcome(0)

    room.engine.world.program = program
    wait_for(READY, room.ports)
    assert [(call.container, call.command) for call in calls] == [("solr", ("/ready", "60"))]
    assert room.pauses == 0


def test_a_backing_service_that_is_not_ready_tells_its_last_word_and_its_log(room: Room) -> None:
    room.engine.world.program = lambda _call: Outcome(1, b"", b"trying\nno core ckan\n")
    room.log("solr", "java.lang.Meow")
    error = failure(room, READY)
    assert error.message == "solr is not ready: no core ckan."
    assert error.detail == "java.lang.Meow"


def test_a_backing_service_that_says_nothing_tells_its_status(room: Room) -> None:
    room.engine.world.program = lambda _call: Outcome(9)
    assert failure(room, READY).message == "solr is not ready: status 9."


def test_a_backing_service_that_ended_is_reported_with_its_status_and_log(room: Room) -> None:
    room.container("solr").state, room.container("solr").exit_code = "exited", 137
    room.log("solr", "java.lang.Meow")
    error = failure(room, READY)
    assert error.message == "solr is not ready: it ended with status 137."
    assert error.detail == "java.lang.Meow"
