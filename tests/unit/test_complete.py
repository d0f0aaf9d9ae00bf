"""What TAB offers: from files alone, at once, and nothing at all where anything is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from datacats.cli import complete
from datacats.cli.candidates import candidates
from datacats.cli.commands import COMMANDS, PASS_THROUGH
from datacats.cli.main import root
from datacats.model.names import BESIDE_WEB, SERVICES
from datacats.store import environment_file

pytestmark = pytest.mark.usefixtures("home")

HEAVY = "import sys, datacats.__main__ as it; it.main(); print('click' in sys.modules, file=sys.stderr)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root with two environments, the first of which has two sites; we stand beside their sources."""
    for name, sites in {"catstown": ("primary", "staging"), "dogstown": ("primary",)}.items():
        source = tmp_path / name
        source.mkdir()
        (source / "datacats.toml").write_bytes(environment_file.new(name, "2.12"))
        for site in sites:
            (tmp_path / "root" / name / "sites" / site).mkdir(parents=True)
            (tmp_path / "root" / name / "sites" / site / "site.json").write_text("{}")
        (tmp_path / "root" / name / "environment.json").write_text(f'{{"layout": 1, "source": "{source}"}}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATACATS_HOME", str(tmp_path / "root"))
    return tmp_path


def asked(line: str, shell: str = "bash") -> list[str]:
    """What is offered for a line up to the cursor, as the process answers."""
    return complete.answer({**os.environ, complete.VARIABLE: shell, "COMP_WORDS": f"datacats {line}"}).splitlines()


def plain(line: str) -> list[str]:
    found = asked(line)
    assert all(each.startswith("plain,") for each in found)
    return [each.removeprefix("plain,") for each in found]


def process(line: str, env: dict[str, str], program: tuple[str, ...] = ("-m", "datacats")) -> tuple[int, str, str]:
    told = {**os.environ, complete.VARIABLE: "bash", "COMP_WORDS": f"datacats {line}", **env}
    done = subprocess.run([sys.executable, *program], env=told, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("begun", ["", "re", "purge", "zzz"])
def test_the_commands_that_begin_so_are_offered(begun: str) -> None:
    assert plain(begun) == [name for name in COMMANDS if name.startswith(begun)]


def test_options_of_the_root_do_not_stand_in_a_commands_place() -> None:
    assert plain("--plain --no-color pur") == ["purge"]


@pytest.mark.parametrize(
    "line", ["", "st", "--plain st", "start ", "start cat", "ckan -e ", "logs web -e d", "purge c"]
)
def test_commands_and_environments_are_offered_without_loading_click(line: str) -> None:
    status, out, err = process(line, {}, ("-c", HEAVY))
    assert (status, err) == (0, "False\n")
    assert out.startswith("plain,")


def leaves() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(root)
    for name in COMMANDS:
        found = root.get_command(context, name)
        assert found is not None
        inner = found.commands.items() if isinstance(found, click.Group) else ()
        yield from ((f"{name} {each}", command) for each, command in inner)
        if not inner:
            yield name, found


LEAVES = dict(leaves())


@pytest.mark.parametrize("name", LEAVES)
def test_an_environments_place_is_known_without_click_where_click_knows_it(name: str) -> None:
    first = next((each for each in LEAVES[name].params if isinstance(each, click.Argument)), None)
    takes = first is not None and first.name == "environment" and " " not in name
    assert (name in complete.ENVIRONMENT_FIRST) is takes
    if first is not None and first.name == "environment":
        assert [word for _, word, _ in candidates([*name.split()], "")] == ["catstown", "dogstown"]


@pytest.mark.parametrize(
    "name", [name for name, each in LEAVES.items() if any("-e" in one.opts for one in each.params)]
)
def test_an_environment_is_offered_after_its_option(name: str) -> None:
    assert plain(f"{name} -e c") == ["catstown"]
    assert plain(f"{name} --environment=d") == ["--environment=dogstown"] or "=" in name
    assert [word for _, word, _ in candidates([*name.split(), "-e"], "")] == ["catstown", "dogstown"]


OF_A_SITE = [name for name, each in LEAVES.items() if any("--site" in one.opts for one in each.params)]


@pytest.mark.parametrize("name", OF_A_SITE)
def test_the_sites_of_the_current_directorys_environment_are_offered(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plain(f"{name} -s ") == []
    (home / "catstown" / "deep").mkdir()
    monkeypatch.chdir(home / "catstown" / "deep")
    assert plain(f"{name} -s s") == ["staging"]


@pytest.mark.parametrize(
    "line",
    [
        "start catstown -s ",
        "start -b catstown -s ",
        "start ./catstown -s ",
        "init catstown -s ",
        "restart web catstown --site ",
        "ckan -e catstown -s ",
        "service list catstown -s ",
        "db dump -e catstown out -s ",
    ],
)
def test_the_sites_of_the_environment_that_is_named_are_offered(line: str) -> None:
    assert plain(line) == ["primary", "staging"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("restart s", ["solr"]),
        ("logs web w", ["web", "worker"]),
        ("exec ", list(SERVICES)),
        ("service add ", list(BESIDE_WEB)),
        ("service ", ["add", "list", "remove"]),
        ("db l", ["load"]),
        ("mail ", ["list", "show"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("link ", ["catstown", "staging.catstown", "dogstown"]),
        ("create x --ckan 2.11", ["2.11", "2.11.6"]),
        ("create x --ckan=2.11", ["--ckan=2.11", "--ckan=2.11.6"]),
        ("test --ckan 2.11,2.12", ["2.11,2.12", "2.11,2.12.0"]),
        ("test ckanext-cats --up", ["--upgrade"]),
        ("stop --d", ["--dry-run"]),
        ("ckan --c", ["--cold"]),
        ("help purg", ["purge"]),
        ("help vari", ["variables"]),
        ("help topics vari", ["variables"]),
        ("help db ", ["dump", "load"]),
        ("'star", ["start"]),
        (r"st\art", ["start"]),
        ("nosuch ", []),
        ("generate extension ", []),
        ("config set system", ["system_packages"]),
    ],
)
def test_what_a_word_may_be_is_offered(line: str, offered: list[str]) -> None:
    assert plain(line) == offered


def test_extensions_that_are_asked_for_or_lie_there_can_be_taken_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = home / "catstown" / "datacats.toml"
    asked_for = '["ckanext-scheming==3.1.0", "ckanext-pages @ git+https://x.org/pages", "git+https://x.org/y"]'
    toml.write_text(toml.read_text().replace("extensions = []", f"extensions = {asked_for}"))
    (home / "catstown" / "ckanext-cats").mkdir()
    assert plain("uninstall -e catstown ckanext-") == ["ckanext-scheming", "ckanext-pages", "ckanext-cats"]
    monkeypatch.chdir(home / "catstown")
    assert plain("uninstall ckanext-c") == ["ckanext-cats"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("images save ", "file"),
        ("db dump x", "file"),
        ("create ./", "dir"),
        ("init ./", "dir"),
        ("start ./", "dir"),
        ("install ./", "dir"),
        ("test ", "dir"),
    ],
)
def test_a_path_is_left_to_the_shell(line: str, kind: str) -> None:
    assert asked(line) == [f"{kind},{line.rpartition(' ')[2]}"]


@pytest.mark.parametrize("name", sorted(PASS_THROUGH))
@pytest.mark.parametrize("word", ["", "-", "--si", "x"])
def test_after_the_first_word_of_an_inner_command_there_are_files(name: str, word: str) -> None:
    inner = "--" if name == "test" else "inner"
    for before in (inner, f"-e catstown {inner}", f"{inner} -s", f"{inner} -e"):
        assert asked(f"{name} {before} {word}") == [f"file,{word}"]


def test_zsh_and_fish_are_told_what_a_word_means() -> None:
    for shell in ("zsh", "fish"):
        assert asked("purg", shell) == [f"plain,purge\t{COMMANDS['purge'][1]}"]
        assert asked("stop --dry", shell) == ["plain,--dry-run\tPrint the plan and do nothing."]
        assert asked("start cat", shell) == ["plain,catstown"]


UNKNOWABLE = {
    *("port", "number", "name", "tail", "since", "address", "site_url", "registry", "ckan_core", "words"),
    *("environment", "site", "value", "interval"),
}
"""Parameters whose value nobody can guess, or which are asked above."""


@pytest.mark.parametrize("name", LEAVES)
def test_every_other_parameter_has_something_to_offer(name: str) -> None:
    context = click.Context(LEAVES[name], info_name=name, resilient_parsing=True)
    silent = [
        each.name
        for each in LEAVES[name].params
        if not (isinstance(each, click.Option) and (each.is_flag or each.count))
        and each.name not in UNKNOWABLE
        and not each.shell_complete(context, "")
    ]
    assert silent == ["packages"] * (name == "uninstall")  # there, nothing is installed


LINES = (
    *("start ", "start catstown -s ", "start ./catstown -s ", "start -s ", "ckan -e x -s ", "link ", "db load "),
    *("uninstall -e catstown c", "uninstall -e ./catstown c"),
)


def damaged(home: Path, how: str) -> dict[str, str]:
    data, toml = home / "root", home / "catstown" / "datacats.toml"
    if how == "missing":
        return {"DATACATS_HOME": str(home / "nowhere")}
    if how == "relative":
        return {"DATACATS_HOME": "root"}
    if how == "a file":
        return {"DATACATS_HOME": str(toml)}
    if how == "no home":
        return {"DATACATS_HOME": "", "HOME": ""}
    if how == "no text":
        toml.write_bytes(b"\xff\xfe\x00")
        (data / "catstown" / "environment.json").write_bytes(b"\xff{")
    if how == "wrong values":
        toml.write_text("name = 5\nextensions = 7\n")
        (data / "catstown" / "environment.json").write_text("[]")
    if how == "pipes":  # whoever opens one waits for its other end
        toml.unlink()
        (data / "catstown" / "environment.json").unlink()
        os.mkfifo(toml)
        os.mkfifo(data / "catstown" / "environment.json")
    if how == "loops":
        toml.unlink()
        toml.symlink_to(toml)
        (data / "dogstown" / "environment.json").unlink()
        (data / "dogstown" / "environment.json").symlink_to("environment.json")
    return {}


@pytest.mark.parametrize(
    "how", ["missing", "relative", "a file", "no home", "no text", "wrong values", "pipes", "loops"]
)
def test_whatever_is_wrong_no_word_of_it_is_printed_and_nothing_is_made(home: Path, how: str) -> None:
    env = damaged(home, how)
    before = sorted(home.rglob("*"))
    for line in LINES:
        status, out, err = process(line, {**env, "PWD": str(home)})
        assert (status, err) == (0, "")
        assert all(each.startswith(("plain,", "dir,", "file,")) for each in out.splitlines())
    assert sorted(home.rglob("*")) == before


def test_a_directory_that_may_not_be_read_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path) -> Iterator[Path]:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    for line in LINES:
        assert not any("town" in each for each in asked(line))


def test_a_mistake_of_ours_is_no_traceback_in_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complete, "COMMANDS", None)
    assert asked("st") == []


@pytest.mark.parametrize("line", ["", " ", "datacats", "datacats '", 'datacats "a b', "datacats \\", "datacats -- -"])
def test_whatever_was_typed_is_no_error(line: str) -> None:
    env = {**os.environ, complete.VARIABLE: "bash", "COMP_WORDS": line}
    assert isinstance(complete.answer(env), str)
