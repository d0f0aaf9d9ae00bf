"""What every command answers alike when the environment, the site, or what is written down about them is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
import pytest

from datacats.cli.commands import COMMANDS, PASS_THROUGH
from datacats.cli.main import root
from tests.support.desk import HOME, WORK, Desk, Ran

OF_A_SITE = (
    "start NAME",
    "stop NAME",
    "reload NAME",
    "restart web NAME",
    "open NAME",
    "status NAME",
    "logs -e NAME",
    "ckan -e NAME user list",
    "paster -e NAME user list",
    "run -e NAME env",
    "shell -e NAME",
    "python -e NAME -c 1",
    "psql -e NAME -c x",
    "solr -e NAME q=*:*",
    "redis-cli -e NAME ping",
    "spare NAME",
    "exec -e NAME web sh",
    "db dump /dev/null -e NAME",
    "db load - -e NAME",
    "files export /dev/null -e NAME",
    "files import - -e NAME",
    "upgrade NAME",
    "mail -e NAME",
    "demo-data NAME",
    "service list NAME",
    "service add cron -e NAME",
    "service remove worker -e NAME",
    "tweak --admin-password-stdin NAME",
    "config show -e NAME",
    "config explain port -e NAME",
    "config set spare_containers false -e NAME",
    "config unset spare_containers -e NAME",
    "config validate NAME",
    "profile -e NAME",
    "link other -e NAME",
    "unlink other -e NAME",
    "purge NAME -y",
)
OF_AN_ENVIRONMENT = (
    *OF_A_SITE,
    "info NAME",
    "generate extension my-thing -e NAME",
    "install -e NAME",
    "uninstall -e NAME ckanext-cats",
    "extensions NAME",
    "sass NAME",
)
PURGE = "purge NAME -y"
NEEDING = tuple(words for words in OF_A_SITE if words != PURGE)
NEEDING_ALL = ("start NAME", "reload NAME", "restart web NAME", "ckan -e NAME user list", "spare NAME")
ANYWHERE = ("create", "init", "list", "images", "pull", "doctor", "test", "help", "completion")
FILE = HOME / "catstown" / "sites" / "primary" / "site.json"
TOML = WORK / "catstown" / "datacats.toml"
INI = WORK / "catstown" / "ckan.ini"


def typed(words: str, name: str) -> list[str]:
    return words.replace("NAME", name).split()


def in_site(words: str, site: str) -> list[str]:
    """The same of another site: the option comes before the words of an inner command."""
    first, *rest = typed(words, "catstown")
    return [first, "-s", site, *rest] if first in PASS_THROUGH else [first, *rest, "-s", site]


def command_of(words: str) -> click.Command:
    """The command that some words lead to, within its group."""
    context = click.Context(root)
    first, second = words.split()[:2]
    command = root.get_command(context, first)
    inner = command.get_command(context, second) if isinstance(command, click.Group) else command
    assert inner is not None
    return inner


def takes(words: str, option: str) -> bool:
    return any(option in each.opts for each in command_of(words).params)


def spoken(words: str) -> str:
    """What a document calls the command."""
    first, second = words.split()[:2]
    return f"{first} {second}" if first in {"db", "files", "service", "generate", "config"} else first


def refused(ran: Ran, status: int) -> str:
    assert (ran.status, ran.out) == (status, "")
    assert ran.err.startswith("Error: ")
    assert "\nNext: " in ran.err
    return ran.err


SPOKEN_AS_JSON = tuple(words for words in OF_AN_ENVIRONMENT if words.split()[0] not in PASS_THROUGH)


def test_these_tables_leave_no_command_out() -> None:
    assert {words.split()[0] for words in OF_AN_ENVIRONMENT} | {*ANYWHERE} == set(COMMANDS)


@pytest.mark.parametrize("words", OF_AN_ENVIRONMENT)
def test_an_environment_that_is_not_there_is_named_with_the_list_and_nothing_is_made(desk: Desk, words: str) -> None:
    desk("list")
    desk.forget()
    said = refused(desk(*typed(words, "nowhere"), stdin=b"correct horse\n"), 4)
    assert said.startswith("Error: There is no environment 'nowhere', and no such directory.\n")
    assert said.endswith("Next: See: datacats list\n")
    assert desk.changes() == []


@pytest.mark.parametrize("words", OF_AN_ENVIRONMENT)
def test_outside_of_every_environment_the_ways_to_one_are_told(desk: Desk, words: str) -> None:
    unnamed = [word for word in typed(words, "@") if word not in {"@", "-e"}]
    said = refused(desk(*unnamed, stdin=b"correct horse\n"), 4)
    assert f"There is no datacats.toml in {WORK} or above it." in said
    assert "datacats create NAME" in said
    assert (" -e NAME" in said) is ("-e" in typed(words, "@"))


def answers(desk: Desk, many: Iterable[Sequence[str]], status: int) -> dict[str, str]:
    """What each of some commands says that must be refused so, and change nothing."""
    said = {" ".join(words): refused(desk(*words, stdin=b"correct horse\n"), status) for words in many}
    assert desk.changes() == []
    return said


def without(said: dict[str, str], *wanted: str) -> list[str]:
    """The commands that leave out one of the texts that all of them should say."""
    return [words for words, text in said.items() if not all(each in text for each in wanted)]


def test_a_site_that_is_not_there_is_told_with_those_that_are(catstown: Desk) -> None:
    said = answers(catstown, [in_site(words, "staging") for words in OF_A_SITE], 4)
    assert without(said, "catstown has no site 'staging' (there is: primary).") == []


def test_a_word_that_can_name_no_site_leads_nowhere(catstown: Desk) -> None:
    said = answers(catstown, [in_site(words, "../x") for words in OF_A_SITE if words != PURGE], 2)
    assert without(said, "'../x' cannot be the name of a site.") == []
    assert "has no site '../x'" in answers(catstown, [in_site(PURGE, "../x")], 4).popitem()[1]


@pytest.mark.parametrize("words", SPOKEN_AS_JSON)
def test_every_command_that_speaks_json_tells_a_failure_as_a_document(desk: Desk, words: str) -> None:
    assert takes(words, "--json")
    ran = desk(*typed(words, "nowhere"), "--json", stdin=b"correct horse\n")
    assert (ran.status, ran.err) == (4, "")
    assert (ran.document["datacats"], ran.document["command"]) == (1, spoken(words))
    assert (ran.error["kind"], ran.error["exit_code"], ran.error["hint"]) == ("NotFound", 4, "See: datacats list")


@pytest.mark.parametrize("words", [words for words in OF_A_SITE if words.split()[0] in PASS_THROUGH - {"shell"}])
def test_a_word_for_json_behind_an_inner_command_is_that_ones(desk: Desk, words: str) -> None:
    assert "There is no environment 'nowhere'" in refused(desk(*typed(words, "nowhere"), "--json"), 4)


@pytest.mark.parametrize("words", SPOKEN_AS_JSON)
def test_quiet_hides_no_failure(desk: Desk, words: str) -> None:
    said = refused(desk(*typed(words, "nowhere"), "-q", stdin=b"correct horse\n"), 4)
    assert "There is no environment 'nowhere'" in said


NO_BACKUP = "remove the site and its data: datacats purge -s primary catstown"
WAY_OUT = f"Restore it from a backup. Where there is none: {NO_BACKUP}"


def test_a_damaged_record_of_a_site_is_named_and_left_as_it_is(catstown: Desk) -> None:
    broken = catstown.disk.read(FILE)[:-30]
    catstown.disk.add(FILE, broken, 0o600)
    said = {words: catstown(*typed(words, "catstown"), stdin=b"correct horse\n") for words in NEEDING}
    assert [words for words, ran in said.items() if ran.status != 3] == []
    assert without({words: ran.err for words, ran in said.items()}, f"{FILE} is damaged: ", WAY_OUT) == []
    assert catstown.disk.read(FILE) == broken
    assert f"{FILE} is damaged: " in catstown("doctor").out
    assert WAY_OUT in catstown("doctor").out
    catstown.done("purge", "catstown", "--yes")


def test_a_damaged_record_of_the_source_directory_can_be_removed_and_is_written_again(catstown: Desk) -> None:
    record = HOME / "catstown" / "environment.json"
    before = catstown.disk.read(record)
    catstown.disk.add(record, b"{", 0o600)
    assert f"Where there is none: rm {record}; the next start by path writes it" in catstown("start", "catstown").err
    catstown.disk.tree.remove(record)
    catstown.done("start", WORK / "catstown")
    assert catstown.disk.read(record) == before


def test_damaged_secrets_can_be_made_anew(catstown: Desk) -> None:
    secrets = FILE.with_name("secrets.json")
    catstown.disk.add(secrets, b"{", 0o600)
    assert "datacats tweak --new-secrets catstown" in catstown("start", "catstown").err
    catstown.done("tweak", "--new-secrets", "catstown")
    catstown.done("start", "catstown")


def test_a_mistake_in_the_environment_file_is_told_by_its_key(catstown: Desk) -> None:
    catstown.disk.add(TOML, catstown.disk.read(TOML) + b"[services]\nworkr = true\n")
    said = answers(catstown, [typed(words, "catstown") for words in OF_AN_ENVIRONMENT if words != PURGE], 3)
    assert without(said, f"{TOML}: services.workr cannot be switched.", "Did you mean 'worker'?") == []


def test_a_source_directory_that_is_gone_is_told_with_what_is_left_to_do(catstown: Desk) -> None:
    catstown.disk.remove_tree(WORK / "catstown")
    catstown.forget()
    said = answers(catstown, [typed(words, "catstown") for words in OF_AN_ENVIRONMENT if words != PURGE], 3)
    gone = f"The source directory of catstown cannot be used: {WORK / 'catstown'} is gone."
    assert without(said, gone, "datacats purge catstown") == []


def test_purge_alone_needs_none_of_it(catstown: Desk) -> None:
    catstown.disk.remove_tree(WORK / "catstown")
    catstown.disk.add(FILE, b"{", 0o600)
    assert catstown.done(*typed(PURGE, "catstown")).out.startswith("Purged catstown")
    assert catstown.states() == {}
    assert catstown.disk.entry(HOME / "catstown") is None


@pytest.mark.parametrize(
    ("phase", "verb", "half"),
    [
        ("creating", "create", "made"),
        ("upgrading", "upgrade", "upgraded"),
        ("rolling back", "upgrade --rollback", "rolled back"),
        ("purging", "purge -s primary", "purged"),
    ],
)
def test_a_site_that_was_cut_off_is_carried_on_with_by_the_command_that_was(
    catstown: Desk, phase: str, verb: str, half: str
) -> None:
    record = catstown.disk.read(FILE)
    catstown.disk.add(FILE, record.replace(b'"created"', f'"{phase}"'.encode()), 0o600)
    said = answers(catstown, [typed(words, "catstown") for words in NEEDING_ALL], 5)
    assert without(said, f"is half {half}", f"datacats {verb} {WORK / 'catstown'}") == []


def commands() -> list[tuple[str, ...]]:
    """Every command and command of a group."""
    context = click.Context(root)
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = root.get_command(context, name)
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        found += [(name, each) for each in inner] or [(name,)]
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_word_that_no_command_knows_is_a_mistake_with_the_way_to_the_help(desk: Desk, words: tuple[str, ...]) -> None:
    if words[0] in PASS_THROUGH:
        return
    ran = desk(*words, "--no-such-option")
    said = refused(ran, 2)
    assert "No such option" in said
    assert f"datacats {' '.join(words)} --help" in said


def test_what_only_looks_changes_nothing_and_answers_in_one_document(catstown: Desk) -> None:
    looks = ("list", "info NAME", "status NAME", "images list", "extensions NAME", "service list NAME", "logs -e NAME")
    for words in looks:
        ran = catstown.done(*typed(words, "catstown"), "--json")
        assert set(ran.document) == {"datacats", "command", "result"}
        assert ran.err == ""
    assert catstown.changes() == []


@pytest.mark.parametrize("words", [words for words in OF_AN_ENVIRONMENT if takes(words, "--dry-run")])
def test_a_dry_run_of_a_failure_fails_alike(desk: Desk, words: str) -> None:
    said = refused(desk(*typed(words, "nowhere"), "--dry-run", stdin=b"correct horse\n"), 4)
    assert "There is no environment 'nowhere'" in said


@pytest.mark.parametrize(
    ("words", "foreseen"),
    [
        ("db load - -e NAME", ["run SQL in datacats_postgres_NAME: an empty database", "then load the dump into"]),
        ("db load - -e NAME --datastore", ["migrate both databases", "then start what was stopped"]),
        ("files import - -e NAME", ["unpack the archive among its files (asked for)"]),
        ("demo-data NAME", ["load what of the demo catalogue is not there yet (asked for)"]),
    ],
)
def test_what_brings_data_in_says_beforehand_what_it_would_do(catstown: Desk, words: str, foreseen: list[str]) -> None:
    shown = catstown.done(*typed(words, "catstown"), "--dry-run").out
    assert all(line.replace("NAME", "catstown") in shown for line in foreseen)
    assert catstown.changes() == []
    ran = catstown.done(*typed(words, "catstown"), "--dry-run", "--json", "-q")
    assert set(ran.result) == {"plan", "later"}


@pytest.mark.parametrize("words", ["db load - -e NAME", "files import - -e NAME", "demo-data NAME"])
def test_a_dry_run_shows_that_what_the_command_needs_would_be_started(catstown: Desk, words: str) -> None:
    for container in catstown.engine.world.containers.values():
        container.state = "exited"
    catstown.engine.world.networks.clear()
    shown = catstown.done(*typed(words, "catstown"), "--dry-run").out
    assert ("start datacats_postgres_catstown" in shown) is not words.startswith("files")
    assert "create network datacats_front_catstown" in shown


def test_what_a_load_does_is_what_was_foreseen(catstown: Desk) -> None:
    foreseen = catstown.done("db", "load", "-", "-e", "catstown", "--dry-run", "--json").result
    ran = catstown.done("db", "load", "-", "-e", "catstown", stdin=b"PGDMP")
    done = [line[10:].rpartition(" (")[0] for line in ran.err.splitlines() if " s  " in line[:11]]
    until = foreseen["later"].index("start what was stopped")
    steps = [*foreseen["plan"], *foreseen["later"][:until]]
    assert done[: len(steps)] == steps
    assert done[-1] == foreseen["later"][-1]
    assert any(step.startswith("start ") for step in done[len(steps) :])
