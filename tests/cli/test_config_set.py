"""``config set`` and ``config unset``: the right file, checked by CKAN first, and nothing else changed."""

from __future__ import annotations

import configparser
from pathlib import Path

import click
import pytest

from datacats.errors import DiskError
from tests.support.declaring import Declaring
from tests.support.desk import HOME, WORK, Desk, Ran

SOURCE = WORK / "catstown"
INI = SOURCE / "ckan.ini"
TOML = SOURCE / "datacats.toml"
SITE = HOME / "catstown" / "sites" / "primary"
SECRETS = SITE / "secrets.ini"
HERE = ("-e", "catstown")
CAUGHT = (
    f"In force is what {SITE}/run/web/ckan.ini says, as before, as long as mail catches what it sends; "
    "no longer after: datacats service remove mail -e catstown."
)
LIVE = "The development server shows it on the next request; worker starts anew."


@pytest.fixture
def ckan(catstown: Desk) -> Declaring:
    return Declaring(catstown)


def text(desk: Desk, path: Path = INI) -> str:
    return desk.disk.read(path).decode()


def put(desk: Desk, content: str, path: Path = INI, mode: int = 0o644) -> None:
    desk.disk.add(path, content.encode(), mode)
    desk.forget()


def refused(desk: Desk, status: int, *words: str, stdin: bytes = b"") -> Ran:
    """What a command says that fails, and leaves every file as it was."""
    before = {path: desk.disk.read(path) for path in (INI, TOML)}
    desk.forget()
    ran = desk("config", *words, *HERE, stdin=stdin)
    assert (ran.status, ran.out) == (status, ""), ran
    assert {path: desk.disk.read(path) for path in before} == before
    assert written(desk) == []
    return ran


def written(desk: Desk) -> list[str]:
    """What was written, but for what datacats remembers of CKAN's answer."""
    return [each for each in desk.disk.changes if "place" in each and not each.endswith("declared.json")]


@pytest.mark.usefixtures("ckan")
def test_a_setting_of_ckans_is_changed_in_its_line_and_nothing_else_is(catstown: Desk) -> None:
    before = text(catstown)
    ran = catstown.done("config", "set", *HERE, "ckan.site_title", "City of Cats")
    assert ran.lines == [f"ckan.site_title is set in {INI}", LIVE]
    assert text(catstown) == before.replace("ckan.site_title = catstown", "ckan.site_title = City of Cats")


@pytest.mark.usefixtures("ckan")
def test_a_new_setting_stands_after_the_last_one_and_comes_out_without_a_trace(catstown: Desk) -> None:
    before = text(catstown)
    catstown.done("config", "set", *HERE, "ckan.datasets_per_page", "50")
    assert text(catstown) == before.replace("debug = false\n", "debug = false\nckan.datasets_per_page = 50\n")
    ran = catstown.done("config", "unset", *HERE, "ckan.datasets_per_page")
    assert ran.lines == [f"ckan.datasets_per_page is taken out of {INI}", "In force is the default: 20", LIVE]
    assert text(catstown) == before


def test_ckan_sees_the_value_before_it_is_written(catstown: Desk, ckan: Declaring) -> None:
    ran = refused(catstown, 2, "set", "ckan.datasets_per_page", "many")
    assert ran.err.splitlines() == [
        "Error: CKAN refuses ckan.datasets_per_page = many: Please enter an integer value",
        "Next: See what it may be: datacats config explain -e catstown ckan.datasets_per_page",
    ]
    assert ckan.asked[0]["ckan.datasets_per_page"] == "many"


def test_a_value_that_is_beaten_by_another_is_checked_all_the_same(catstown: Desk, ckan: Declaring) -> None:
    ckan.stored = {"ckan.datasets_per_page": "5"}
    assert "Please enter an integer value" in refused(catstown, 2, "set", "ckan.datasets_per_page", "many").err


def test_what_somebody_saves_while_ckan_checks_is_not_lost(catstown: Desk, ckan: Declaring) -> None:
    saved = text(catstown).replace("ckan.site_title = catstown", "ckan.site_title = Saved")
    ckan.meanwhile = lambda: catstown.disk.add(INI, saved.encode())
    ran = catstown("config", "set", *HERE, "ckan.datasets_per_page", "5")
    assert (ran.status, text(catstown)) == (5, saved)
    assert "was changed while CKAN checked the value" in ran.err
    catstown.done("config", "set", *HERE, "ckan.datasets_per_page", "5")
    assert text(catstown) == saved.replace("debug = false\n", "debug = false\nckan.datasets_per_page = 5\n")


def test_the_container_that_checks_is_on_no_network_and_is_gone_after(catstown: Desk, ckan: Declaring) -> None:
    catstown.done("config", "set", *HERE, "ckan.site_title", "x")
    assert ckan.asked
    assert [each for each in catstown.engine.mutations if not each.startswith("create random")] == []
    assert not [name for name in catstown.states() if "random" in name]


@pytest.mark.usefixtures("ckan")
def test_what_ckan_would_take_for_false_without_a_word_is_refused(catstown: Desk) -> None:
    before = catstown.disk.read(WORK / "catstown" / "ckan.ini")
    ran = catstown("config", "set", "-e", "catstown", "debug", "ture")
    assert ran.status == 2
    assert "it is neither true nor false" in ran.err
    assert catstown.disk.read(WORK / "catstown" / "ckan.ini") == before
    for value in ("true", "No", "1"):
        catstown.done("config", "set", "-e", "catstown", "debug", value)


@pytest.mark.usefixtures("ckan")
def test_a_setting_that_nobody_declares_needs_force(catstown: Desk) -> None:
    ran = refused(catstown, 4, "set", "ckan.site_titel", "x")
    assert ran.err.splitlines()[1] == "Next: Did you mean 'ckan.site_title'? To set it all the same: --force"
    catstown.done("config", "set", *HERE, "my.own", "x", "--force")
    assert "my.own = x\n" in text(catstown)
    catstown.done("config", "unset", *HERE, "my.own")
    assert "my.own" not in text(catstown)


@pytest.mark.parametrize(
    ("key", "way"),
    [
        ("ckan.site_url", "datacats start catstown --site-url URL"),
        ("SECRET_KEY", "datacats tweak --new-secrets catstown"),
        ("sqlalchemy.url", "there is nothing to choose"),
        ("port", "datacats start catstown PORT"),
        ("low_memory", "datacats init -s SITE --low-memory (a new site beside this one; this one keeps it)"),
        ("DATACATS_HOME", "export DATACATS_HOME=VALUE"),
        ("extensions", "datacats install"),
        ("services.worker", "datacats service add (or remove)"),
        ("name", "datacats create NAME"),
        ("env", "for example: env.TZ"),
        ("use", "Edit ckan.ini by hand"),
    ],
)
def test_what_another_command_changes_is_refused_with_it_before_a_value_is_asked_for(
    catstown: Desk, ckan: Declaring, key: str, way: str
) -> None:
    for more in ([], ["x"]) if key != "SECRET_KEY" else ([],):
        assert way in refused(catstown, 2, "set", key, *more).err
    assert ckan.asked == []


@pytest.mark.usefixtures("ckan")
def test_a_key_of_the_sites_that_slipped_into_the_source_can_be_taken_out(catstown: Desk) -> None:
    before = text(catstown)
    put(catstown, before.replace("debug = false", "debug = false\nckan.site_url = http://x"))
    assert "sets ckan.site_url, which is each site's own" in refused(catstown, 3, "set", "debug", "true").err
    assert catstown.done("config", "unset", *HERE, "ckan.site_url").lines[1:] == [
        f"In force is what {SITE}/run/web/ckan.ini says, as before."
    ]
    assert text(catstown) == before


def test_a_dry_run_says_what_it_would_do_and_does_nothing(catstown: Desk, ckan: Declaring) -> None:
    ran = catstown.done("config", "set", *HERE, "ckan.site_title", "x", "--dry-run")
    assert ran.lines == [
        "1 have CKAN check ckan.site_title (before it is written)",
        f"2 place file {INI} (asked for)",
    ]
    assert catstown.done("config", "unset", *HERE, "ckan.site_title", "--dry-run").lines == ran.lines
    assert catstown.done("config", "set", *HERE, "spare_containers", "false", "--dry-run").lines == [
        f"1 place file {TOML} (asked for)"
    ]
    assert catstown.done("config", "set", *HERE, "smtp.password", "--dry-run").lines[1] == (
        f"2 place file {SECRETS} (asked for)"
    )
    assert (ckan.asked, catstown.changes()) == ([], [])


@pytest.mark.usefixtures("ckan")
def test_what_is_so_already_is_not_written_again(catstown: Desk) -> None:
    ran = catstown.done("config", "set", *HERE, "ckan.site_title", "catstown")
    assert ran.lines == [f"{INI} says so already."]
    assert catstown.done("config", "unset", *HERE, "ckan.site_description").lines == [
        f"{INI} does not set ckan.site_description."
    ]
    assert written(catstown) == []


@pytest.mark.usefixtures("ckan")
def test_the_result_as_json_says_what_is_in_force_now(catstown: Desk) -> None:
    assert catstown.done("config", "set", *HERE, "smtp.server", "mail.example.org", "--json").result == {
        "name": "catstown",
        "site": "primary",
        "key": "smtp.server",
        "file": str(INI),
        "changed": True,
        "value": "mail:1025",
        "source": "site",
        "effect": "",
        "remarks": [
            CAUGHT,
        ],
    }


def test_in_production_the_command_that_brings_it_in_force_is_told(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--production")
    Declaring(catstown)
    assert catstown.done("config", "set", *HERE, "ckan.site_title", "x").lines[1] == (
        "It is in force after: datacats reload catstown (replaces web, worker)"
    )


@pytest.mark.usefixtures("ckan")
def test_a_secret_goes_to_the_site_and_never_through_the_words_of_a_command(catstown: Desk) -> None:
    before = text(catstown)
    assert "< FILE" in refused(catstown, 2, "set", "ckan.recaptcha.privatekey", "swordfish").err
    ran = catstown.done("config", "set", *HERE, "ckan.recaptcha.privatekey", stdin=b"sword%fish\r\n")
    assert ran.lines == [
        f"ckan.recaptcha.privatekey is set in {SECRETS}",
        "It is in force after: datacats reload catstown (replaces web, worker)",
    ]
    entry = catstown.disk.entry(SECRETS)
    assert entry is not None
    assert (entry.mode, text(catstown)) == (0o600, before)
    catstown.done("reload", "catstown")
    assert "\nckan.recaptcha.privatekey = sword%%fish\n" in text(catstown, SITE / "run" / "web" / "ckan.ini")
    assert "sword" not in str([each.spec for each in catstown.engine.world.containers.values()])
    ran = catstown.done("config", "unset", *HERE, "ckan.recaptcha.privatekey")
    assert ran.lines[0] == f"ckan.recaptcha.privatekey is taken out of {SECRETS}"
    assert "sword" not in text(catstown, SECRETS)


@pytest.mark.usefixtures("ckan")
def test_a_secret_that_is_committed_as_well_is_told_by_its_line(catstown: Desk) -> None:
    put(catstown, text(catstown).replace("debug = false", "ckan.recaptcha.privatekey = committed"))
    ran = catstown.done("config", "set", *HERE, "ckan.recaptcha.privatekey", stdin=b"swordfish")
    assert f"{INI}:12 sets it as well, where it is committed: take that line out." in ran.lines


@pytest.mark.usefixtures("ckan")
def test_a_secret_of_a_site_never_replaces_what_datacats_sets(catstown: Desk) -> None:
    put(catstown, "[app:main]\nsqlalchemy.url = postgresql://elsewhere\nsmtp.password = x\n", SECRETS, 0o600)
    catstown.done("reload", "catstown")
    own = text(catstown, SITE / "run" / "web" / "ckan.ini")
    assert "elsewhere" not in own
    assert own.count("sqlalchemy.url") == own.count("smtp.password") == 1


@pytest.mark.usefixtures("ckan")
def test_a_secret_that_ckan_refuses_is_not_shown(catstown: Desk) -> None:
    ran = refused(catstown, 2, "set", "ckan.recaptcha.privatekey", stdin=b"sword fish\n")
    assert ran.err.splitlines()[0] == ("Error: CKAN refuses ckan.recaptcha.privatekey = ********: ******** is no key")
    assert "sword fish" not in text(catstown, SITE / "declared.json")


def test_a_secret_of_several_lines_that_a_user_wrote_there_reaches_ckan_whole(catstown: Desk) -> None:
    put(catstown, "[app:main]\nmy.key = BEGIN\n  50%% fish\n  END\n", SECRETS, 0o600)
    catstown.done("reload", "catstown")
    parser = configparser.ConfigParser()
    parser.read_string(text(catstown, SITE / "run" / "web" / "ckan.ini"))
    assert parser.get("app:main", "my.key") == "BEGIN\n50% fish\nEND"


@pytest.mark.usefixtures("ckan")
def test_without_a_value_it_is_read_from_standard_input(catstown: Desk) -> None:
    catstown.done("config", "set", *HERE, "ckan.site_title", stdin=b"From a file\n")
    assert "ckan.site_title = From a file\n" in text(catstown)
    assert "There is no value for ckan.site_title." in refused(catstown, 2, "set", "ckan.site_title").err
    said = refused(catstown, 2, "set", "ckan.recaptcha.privatekey", stdin=b"-----BEGIN\nswordfish\n").err
    assert "A value is one line of text" in said
    assert "swordfish" not in said


@pytest.mark.usefixtures("ckan")
def test_on_a_terminal_a_secret_is_asked_for_without_showing_it(
    catstown: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    catstown.terminal = True
    monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda _prompt: "swordfish")
    ran = catstown.done("config", "set", *HERE, "ckan.recaptcha.privatekey")
    assert "swordfish" in text(catstown, SECRETS)
    assert "swordfish" not in ran.out + ran.err
    assert "belongs to the site" in refused(catstown, 2, "set", "SECRET_KEY").err
    catstown.terminal = True
    ran = catstown("config", "set", *HERE, "ckan.recaptcha.privatekey", "--json")
    assert (ran.status, ran.error["message"]) == (2, "There is no value for ckan.recaptcha.privatekey.")


@pytest.mark.parametrize("value", ["-1", "--5"])
@pytest.mark.usefixtures("ckan")
def test_a_value_may_begin_with_a_dash(catstown: Desk, value: str) -> None:
    for words in ((value, *HERE), ("--", value)):
        where = () if HERE[0] in words else HERE
        catstown.done("config", "set", *where, "ckan.datasets_per_page", *words)
        assert f"ckan.datasets_per_page = {value}\n" in text(catstown)
        catstown.done("config", "unset", *HERE, "ckan.datasets_per_page")
    assert "No such option" in refused(catstown, 2, "set", "ckan.site_title", "x", "--jsn").err


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("50% of %(all)s", "ckan.site_title = 50%% of %%(all)s"),
        ("", "ckan.site_title ="),
        ("  around  ", "ckan.site_title = around"),
        ("a = b: c ; d # e", "ckan.site_title = a = b: c ; d # e"),
        ("[ünïcode] \N{CAT FACE}", "ckan.site_title = [ünïcode] \N{CAT FACE}"),
    ],
)
def test_a_value_is_taken_as_it_is(catstown: Desk, ckan: Declaring, value: str, line: str) -> None:
    catstown.done("config", "set", *HERE, "ckan.site_title", value)
    assert line in [each.rstrip() for each in text(catstown).splitlines()]
    assert ckan.asked[0]["ckan.site_title"] == value.strip()
    assert catstown.done("config", "show", *HERE, "-q", "ckan.site_title").out == f"{value.strip()}\n"


@pytest.mark.parametrize("value", ["one\ntwo", "one\rtwo", "\x00", "\udcff", "\u2028"])
@pytest.mark.usefixtures("ckan")
def test_a_value_that_an_ini_file_cannot_hold_is_refused(catstown: Desk, value: str) -> None:
    assert "An ini file cannot hold that value" in refused(catstown, 2, "set", "ckan.site_title", value).err


@pytest.mark.parametrize("key", ["two words", "a=b", "a:b", "#a", "[a]", "50%", " ", ""])
@pytest.mark.usefixtures("ckan")
def test_a_key_that_can_be_none_is_refused_even_with_force(catstown: Desk, key: str) -> None:
    assert "can be no setting of CKAN's" in refused(catstown, 2, "set", key, "x", "--force").err


@pytest.mark.usefixtures("ckan")
def test_line_ends_as_on_windows_are_kept(catstown: Desk) -> None:
    dos = text(catstown).replace("\n", "\r\n")
    put(catstown, dos)
    put(catstown, text(catstown, TOML).replace("\n", "\r\n"), TOML)
    catstown.done("config", "set", *HERE, "ckan.site_title", "x")
    catstown.done("config", "set", *HERE, "ckan.datasets_per_page", "5")
    catstown.done("config", "set", *HERE, "env.TZ", "UTC")
    for path in (INI, TOML):
        assert text(catstown, path).count("\n") == text(catstown, path).count("\r\n")
    catstown.done("config", "unset", *HERE, "ckan.datasets_per_page")
    assert text(catstown) == dos.replace("ckan.site_title = catstown", "ckan.site_title = x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[app:main]\nckan.site_title = \xff\n", "codec can't decode byte 0xff"),
        (b"[app:main]\ndebug = a\ndebug = b\n", "line 3 sets debug again"),
        (b"debug = a\n", "line 1 stands below no section"),
        (b"[server:main]\ndebug = a\n", "has no section [app:main]"),
    ],
)
@pytest.mark.usefixtures("ckan")
def test_a_file_that_cannot_be_read_is_named_and_left_alone(catstown: Desk, content: bytes, words: str) -> None:
    catstown.disk.add(INI, content)
    catstown.forget()
    for command in (("set", "ckan.site_title", "x"), ("unset", "debug")):
        said = refused(catstown, 3, *command).err
        assert words in said
        assert str(INI) in said


@pytest.mark.usefixtures("ckan")
def test_a_file_that_is_closed_to_writing_is_not_replaced(catstown: Desk) -> None:
    put(catstown, text(catstown), mode=0o444)
    assert f"chmod u+w {INI}" in refused(catstown, 17, "set", "ckan.site_title", "x").err


@pytest.mark.usefixtures("ckan")
def test_a_file_keeps_its_mode(catstown: Desk) -> None:
    put(catstown, text(catstown), mode=0o640)
    catstown.done("config", "set", *HERE, "ckan.site_title", "x")
    entry = catstown.disk.entry(INI)
    assert entry is not None
    assert entry.mode == 0o640


@pytest.mark.usefixtures("ckan")
def test_a_disk_that_is_full_leaves_the_file_as_it_was(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_words: object, **_named: object) -> None:
        raise DiskError("No space left on device.", "Make room.")

    monkeypatch.setattr(catstown.disk, "place", full)
    assert "No space left" in refused(catstown, 17, "set", "ckan.site_title", "x").err


@pytest.mark.usefixtures("ckan")
def test_plugins_that_cannot_be_loaded_are_not_enabled(catstown: Desk) -> None:
    ran = refused(catstown, 2, "set", "ckan.plugins", "activity nosuch")
    assert "nosuch cannot be loaded: PluginNotFoundException" in ran.err
    assert "datacats install -e catstown PACKAGE" in ran.err


def test_a_key_of_datacats_toml_is_set_with_its_type_and_comments_stay(catstown: Desk, ckan: Declaring) -> None:
    before = text(catstown, TOML)
    ran = catstown.done("config", "set", *HERE, "spare_containers", "false")
    assert ran.lines == [
        f"spare_containers is set in {TOML}",
        "The next start makes the spare container, or makes none any more: datacats start catstown",
    ]
    catstown.done("config", "set", *HERE, "env.TZ", "Europe/Vienna")
    catstown.done("config", "set", *HERE, "system_packages", "libgeos-c1v5 gdal-bin")
    catstown.done("config", "set", *HERE, "overrides", '["urllib3 >= 2.8"]')
    catstown.done("config", "set", *HERE, "cron.0 4 * * *", "ckan tracking update")
    after = text(catstown, TOML)
    assert all(line in after.splitlines() for line in before.splitlines() if line)
    for line in (
        "spare_containers = false",
        'TZ = "Europe/Vienna"',
        'system_packages = ["libgeos-c1v5", "gdal-bin"]',
        'overrides = ["urllib3 >= 2.8"]',
        '"0 4 * * *" = "ckan tracking update"',
    ):
        assert line in after.splitlines()
    assert after.index("spare_containers") < after.index("[env]")
    assert ckan.asked == []


@pytest.mark.parametrize(
    ("key", "value", "status", "words"),
    [
        ("spare_containers", "no", 2, "spare_containers must be true or false."),
        ("system_packages", "[1, ", 2, "system_packages cannot be read"),
        ("system_packages", "Not_A_Name", 3, "'Not_A_Name' is no name of a Debian package."),
        ("env.CKAN_SITE_URL", "http://x", 3, "CKAN's own variables beat every ini file"),
        ("env.two words", "x", 3, "can be no process variable"),
        ("cron.99 * * * *", "x", 3, "[cron]"),
        ("ckan", "2.11", 5, "is of another line"),
        ("ckan", "9.9", 4, "9.9"),
    ],
)
@pytest.mark.usefixtures("ckan")
def test_a_value_that_datacats_toml_cannot_have_is_not_written(
    catstown: Desk, key: str, value: str, status: int, words: str
) -> None:
    assert words in refused(catstown, status, "set", key, value).err


@pytest.mark.usefixtures("ckan")
def test_a_key_of_datacats_toml_comes_out_unless_it_must_be_there(catstown: Desk) -> None:
    before = text(catstown, TOML)
    catstown.done("config", "set", *HERE, "env.TZ", "UTC")
    assert catstown.done("config", "unset", *HERE, "env.TZ").lines[1] == "In force is the default: nothing"
    assert text(catstown, TOML) == before
    assert "datacats.toml must say ckan" in refused(catstown, 2, "unset", "ckan").err
    assert "does not set env.NOPE" in catstown.done("config", "unset", *HERE, "env.NOPE").out


@pytest.mark.usefixtures("ckan")
def test_a_secret_in_a_process_variable_is_warned_of(catstown: Desk) -> None:
    ran = catstown.done("config", "set", *HERE, "env.AWS_SECRET_ACCESS_KEY", "x")
    assert "a secret does not belong there" in ran.out


def test_a_secret_of_the_sites_own_is_refused_as_such(catstown: Desk) -> None:
    ran = catstown("config", "set", "SECRET_KEY", "abc", "-e", "catstown")
    assert "SECRET_KEY belongs to the site: datacats sets it." in ran.err
    assert "datacats tweak --new-secrets" in ran.err
