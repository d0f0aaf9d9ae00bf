"""``script/setup``: what it decides to do. Nothing is installed and no engine is started here."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.unit.script.shell import setup

RECORD = """
install_packages() { echo "installs $*"; }
renew_package_lists() { :; }
start_engine() { echo starts; }
wait_for_engine() { engine=/new.sock; }
"""
NO_ENGINE = "find_engine() { echo none; return $no_engine; }\n"
NO_SYSTEMD = 'has_systemd() { false; }; as_root() { "$@"; }; '
MAY_ALL = "can_install() { true; }; can_be_root() { true; }; "


def test_an_engine_that_answers_is_used_and_nothing_is_installed() -> None:
    done = setup(RECORD + "find_engine() { echo /here.sock; }; ensure_engine")
    assert (done.returncode, done.stdout) == (0, "Docker Engine: /here.sock\n")


def test_a_machine_without_an_engine_gets_one_and_it_is_started() -> None:
    done = setup(
        RECORD + NO_ENGINE + "has() { false; }; can_install() { true; }; can_be_root() { true; }; ensure_engine"
    )
    installs, starts, found = done.stdout.splitlines()
    assert installs.startswith("installs docker.io ")
    assert (starts, found) == ("starts", "Docker Engine: /new.sock")


def test_an_engine_that_is_installed_is_only_started() -> None:
    done = setup(RECORD + NO_ENGINE + MAY_ALL + "has() { true; }; ensure_engine")
    assert done.stdout == "starts\nDocker Engine: /new.sock\n"


@pytest.mark.parametrize(
    ("situation", "message", "next_step"),
    [
        ("has() { false; }; can_install() { false; }", "none can be installed", "DOCKER_HOST"),
        ("has() { true; }; can_be_root() { false; }", "does not run", "administrator"),
        (
            "find_engine() { echo /far.sock; return $silent_engine; }",
            "does not answer: /far.sock",
            "docker context use",
        ),
        (
            "find_engine() { echo /x.sock; return $forbidden_engine; }; id() { echo me; }",
            "me may not use",
            "usermod -aG",
        ),
        ("find_engine() { return 1; }", "failed (status 1)", ""),
    ],
)
def test_what_only_a_person_can_mend_is_left_alone_and_said(situation: str, message: str, next_step: str) -> None:
    done = setup(f"{RECORD}{NO_ENGINE}{situation}; ensure_engine")
    assert done.returncode == 1
    assert done.stdout == ""
    assert message in done.stderr
    assert next_step in done.stderr


def test_a_user_who_joined_the_group_after_logging_in_is_told_to_log_in_again() -> None:
    done = setup("engine=/x.sock; id() { [[ $1 == -un ]] && echo me || echo me docker; }; explain_forbidden")
    assert "began before me joined the group docker" in done.stderr
    assert "newgrp docker" in done.stderr


@pytest.fixture
def dockerd(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A live process of the name dockerd, and the file that holds its number."""
    program = tmp_path / "dockerd"
    shutil.copy(shutil.which("sleep") or "", program)
    with subprocess.Popen([program, "600"]) as process:
        pid_file = tmp_path / "docker.pid"
        pid_file.write_text(str(process.pid))
        yield pid_file, process.pid
        process.kill()


def test_the_pid_file_of_a_live_engine_is_kept(dockerd: tuple[Path, int]) -> None:
    setup(f"pid_file={dockerd[0]} containerd_pid_file=/nowhere; remove_stale_pid_files")
    assert dockerd[0].exists()


@pytest.mark.parametrize(
    "number", [str(os.getpid()), "4194305", "", "nonsense"], ids=["of another", "of none", "empty", "nonsense"]
)
def test_a_pid_file_that_a_dead_engine_left_is_removed_even_if_its_number_lives_on(tmp_path: Path, number: str) -> None:
    files = [tmp_path / "docker.pid", tmp_path / "containerd.pid"]
    for file in files:
        file.write_text(number)
    setup(f'as_root() {{ "$@"; }}; pid_file={files[0]} containerd_pid_file={files[1]}; remove_stale_pid_files')
    assert not any(file.exists() for file in files)


def test_a_zombie_is_no_engine(tmp_path: Path) -> None:
    program = tmp_path / "dockerd"
    shutil.copy(shutil.which("true") or "", program)
    with subprocess.Popen([program]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        (tmp_path / "pid").write_text(str(zombie.pid))
        assert setup(f"is_running {tmp_path / 'pid'} dockerd").returncode == 1


def test_an_engine_that_is_starting_already_is_not_started_twice(dockerd: tuple[Path, int]) -> None:
    done = setup(f'has_systemd() {{ false; }}; as_root() {{ echo "runs $*"; }}; pid_file={dockerd[0]}; start_engine')
    assert done.stdout == f"The Docker Engine is starting already (process {dockerd[1]})\n"


def test_an_engine_outlives_the_script_and_does_not_hold_its_output(tmp_path: Path) -> None:
    program = tmp_path / "dockerd"
    program.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/docker.pid\necho 'engine speaks'\nexec sleep 600\n")
    program.chmod(0o755)
    names = f"PATH={tmp_path}:$PATH pid_file={tmp_path}/docker.pid engine_log={tmp_path}/log"
    wait = f"until grep -q speaks {tmp_path}/log; do sleep 0.01; done"
    done = setup(
        f'has_systemd() {{ false; }}; as_root() {{ "$@"; }}; {names} containerd_pid_file=/no; start_engine; {wait}'
    )
    pid = int((tmp_path / "docker.pid").read_text())
    try:
        assert os.getsid(pid) == pid
        assert "engine speaks" not in done.stdout
        assert f"kill $(cat {tmp_path}/docker.pid)" in done.stdout
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_an_engine_that_ends_at_once_is_not_waited_for_and_its_last_words_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("level=info msg=chatter\nfailed to start daemon: no devices cgroup\n")
    names = f"pid_file=/nowhere engine_log={log} patience=500 first_words=0"
    done = setup(f"{NO_ENGINE}{NO_SYSTEMD}{names}; wait_for_engine")
    assert done.returncode == 1
    assert "no devices cgroup" in done.stderr
    assert "chatter" not in done.stderr


def test_an_engine_that_needs_a_moment_is_waited_for(tmp_path: Path) -> None:
    find = (
        f"find_engine() {{ [[ -e {tmp_path}/up ]] && echo /up.sock || {{ touch {tmp_path}/up; return $no_engine; }}; }}"
    )
    done = setup(f'{find}; wait_for_engine && echo "$engine"')
    assert done.stdout == "/up.sock\n"


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ("find_engine() { true; }", ""),
        ("has() { true; }", ""),
        ("can_install() { true; }", "installs mmdebstrap"),
        ("can_install() { false; }", "Note: without a registry"),
    ],
)
def test_what_makes_base_images_is_installed_only_where_there_is_neither_it_nor_one(situation: str, said: str) -> None:
    ours = "has() { false; }; find_engine() { return 6; }; "
    done = setup(f"{RECORD}{ours}{situation}; ensure_base_maker")
    assert done.returncode == 0
    assert done.stdout.startswith(said)
    assert bool(done.stdout) == bool(said)


VENV = """
root=$PLACE venv=$PLACE/.venv stamp=$PLACE/.venv/.setup
make_venv() { echo makes; mkdir -p "$venv/bin"; touch "$venv/bin/python" "$venv/bin/datacats"; chmod +x "$venv/bin/"*; }
install_package() { echo "installs $1"; }
compile() { :; }
check_python
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("a = 1\n")
    return tmp_path


def ensure_venv(place: Path, kind: str, code: str = "") -> list[str]:
    done = setup(f"{VENV}{code}\nensure_venv {kind}", PLACE=str(place))
    return done.stdout.splitlines()


def test_a_virtual_environment_is_made_once(place: Path) -> None:
    assert ensure_venv(place, "user") == ["makes", "installs user"]
    assert ensure_venv(place, "user") == []


def test_what_the_tests_need_is_added_once_and_kept(place: Path) -> None:
    ensure_venv(place, "user")
    assert ensure_venv(place, "dev") == ["installs dev"]
    assert ensure_venv(place, "dev") == ensure_venv(place, "user") == []


def test_a_changed_project_is_installed_again_with_what_it_had(place: Path) -> None:
    ensure_venv(place, "dev")
    (place / "pyproject.toml").write_text("a = 2\n")
    assert ensure_venv(place, "user") == ["installs dev"]


def test_another_python_or_place_means_a_new_environment(place: Path) -> None:
    ensure_venv(place, "user")
    assert ensure_venv(place, "user", "home_key() { echo other; }") == ["makes", "installs user"]


def test_the_python_of_an_active_environment_stands_for_the_one_it_was_made_from(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
    code = "check_python; echo $python"
    assert setup(code, PYTHON=str(tmp_path / "bin" / "python3")).stdout == setup(code).stdout


def test_an_interrupted_installation_is_done_again(place: Path) -> None:
    assert ensure_venv(place, "user", "install_package() { echo breaks; return 1; }") == ["makes", "breaks"]
    assert ensure_venv(place, "user") == ["installs user"]
    assert ensure_venv(place, "user") == []


def test_a_word_that_means_nothing_is_refused() -> None:
    done = setup("main --develop")
    assert done.returncode == 1
    assert "--develop" in done.stderr
    assert "Usage:" in done.stderr


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2 || exit 1\n')
    old.chmod(0o755)
    done = setup("main", PYTHON=str(old))
    assert done.returncode == 1
    assert "Python 3.9.2" in done.stderr
    assert setup("main", PYTHON=str(tmp_path / "none")).returncode == 1
