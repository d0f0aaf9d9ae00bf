"""The completion scripts in the shells that they are for, typed into as a person does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.shells import SHELLS, completed


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    for name in ("catstown/sites/primary", "catstown/sites/staging", "dogstown/sites/primary"):
        (home / ".datacats" / name).mkdir(parents=True)
        (home / ".datacats" / name / "site.json").write_text("{}")
    for name in ("catstown", "dogstown"):
        (home / ".datacats" / name / "environment.json").write_text("{}")
    (home / "work" / "reads").mkdir(parents=True)
    (home / "work" / "readme.tar").touch()
    return home


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("datacats comple\tz\t", "datacats completion zsh"),
        ("datacats start cats\t", "datacats start catstown"),
        ("datacats start catstown -s st\t", "datacats start catstown -s staging"),
        ("datacats start catstown --site=st\t", "datacats start catstown --site=staging"),
        ("datacats info catstown --js\t", "datacats info catstown --json"),
        ("datacats create x --ckan=2.11.\t", "datacats create x --ckan=2.11.6"),
        ("datacats images push --registry a:5 --ck\t2.10.\t", "datacats images push --registry a:5 --ckan 2.10.11"),
        ("datacats link st\t", "datacats link staging.catstown"),
        ("datacats images save readm\t", "datacats images save readme.tar"),
        ("datacats ckan user imp readm\t", "datacats ckan user imp readme.tar"),
        ("datacats init ./rea\t", "datacats init ./reads/"),
        ("datacats logs -e ./rea\t", "datacats logs -e ./reads/"),
        ("datacats logs --environment=./rea\t", "datacats logs --environment=./reads/"),
        ("datacats nosuch st\t", "datacats nosuch st"),
        ("TZ=UTC datacats comple\tz\t", "TZ=UTC datacats completion zsh"),
    ],
)
def test_a_line_is_completed(shell: str, typed: str, line: str, home: Path) -> None:
    assert completed(shell, typed, home, home / "work").rstrip("/") == line.rstrip("/")
