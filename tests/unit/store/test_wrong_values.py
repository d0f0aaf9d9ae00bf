"""Values of ``datacats.toml`` that cannot be: each is named with its file, its key and what would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError
from datacats.store import environment_file
from datacats.store.environment_file import EnvironmentFile

SOURCE = Path("/work/catstown")
HEAD = 'version = 1\nname = "catstown"\nckan = "2.12"\n'
KINDS = {
    "version": "a number",
    "name": "a text in quotes",
    "ckan": "a text in quotes",
    "extensions": "a list of texts",
    "overrides": "a list of texts",
    "system_packages": "a list of texts",
    "spare_containers": "true or false",
    "env": "a table",
    "services": "a table",
    "cron": "a table",
}
VALUES = {
    "a number": "1",
    "a broken number": "1.5",
    "a text in quotes": '"cats"',
    "a list of texts": '["cats"]',
    "true or false": "true",
    "a table": "{}",
    "a date": "2020-01-01",
}


def read(text: str) -> EnvironmentFile:
    disk = FakeDisk()
    disk.add(SOURCE / environment_file.NAME, text.encode())
    return environment_file.read(disk, SOURCE)


def refusal(text: str) -> tuple[str, str]:
    """What was said without the path that it begins with, and the way out."""
    with pytest.raises(ConfigError) as caught:
        read(text)
    path = str(SOURCE / environment_file.NAME)
    assert caught.value.message.startswith(path)
    return caught.value.message.removeprefix(path).lstrip(":, "), caught.value.hint


def with_line(key: str, value: str) -> str:
    kept = [line for line in HEAD.splitlines() if not line.startswith(f"{key} ")]
    return "\n".join([*kept, f"{key} = {value}", ""])


@pytest.mark.parametrize("key", KINDS)
def test_a_key_takes_one_kind_of_value_and_says_which(key: str) -> None:
    for kind, value in VALUES.items():
        if kind != KINDS[key]:
            said, hint = refusal(with_line(key, value))
            assert said == f"{key} must be {KINDS[key]}."
            assert hint.startswith("For example: ")
            assert key in hint


@pytest.mark.parametrize("key", KINDS)
def test_the_example_that_a_key_comes_with_would_do(key: str) -> None:
    _, hint = refusal(with_line(key, "2020-01-01"))
    example = hint.removeprefix("For example: ")
    kept = [line for line in HEAD.splitlines() if not line.startswith(f"{key} ")]
    assert read("\n".join([*kept, example, ""])).name == "catstown"


@pytest.mark.parametrize("key", ["extensions", "overrides", "system_packages"])
@pytest.mark.parametrize("value", ["[1]", '["cats", 2]', '[""]', '["  "]', '["cats", ["dogs"]]', "[true]"])
def test_a_list_holds_texts_that_say_something(key: str, value: str) -> None:
    said, hint = refusal(with_line(key, value))
    assert said == f"{key} must be a list of texts."
    assert f"{key} = [" in hint


@pytest.mark.parametrize("name", ["x", "-y", "Libgeos", "lib geos", "libgeos;rm", "a/b", "../a", "--no-sandbox", "é"])
def test_what_is_no_name_of_a_debian_package_never_reaches_a_build(name: str) -> None:
    said, hint = refusal(HEAD + f'system_packages = ["libgeos-c1v5", "{name}"]\n')
    assert said == f"{name!r} is no name of a Debian package."
    assert hint == "See: apt-cache search WORD"


@pytest.mark.parametrize("name", ["libgeos-c1v5", "g++", "libxml2", "7zip", "python3.11", "ab"])
def test_names_of_debian_packages_are_taken(name: str) -> None:
    assert read(HEAD + f'system_packages = ["{name}"]\n').system_packages == (name,)


@pytest.mark.parametrize("value", ["1", "true", '["a"]', "{ a = 1 }", "1.5", "2020-01-01"])
def test_a_process_variable_is_a_text(value: str) -> None:
    said, hint = refusal(HEAD + f"[env]\nTZ = {value}\n")
    assert said == "env.TZ must be a text in quotes."
    assert hint.startswith('For example: TZ = "')


@pytest.mark.parametrize("name", ["", "A=B", "1A", "A B", "a-b", "A\\u0000", "PATH=x", "CKAN_X=y"])
def test_what_can_be_no_name_of_a_process_variable_is_refused(name: str) -> None:
    said, hint = refusal(HEAD + f'[env]\n"{name}" = "x"\n')
    assert said.endswith("which can be no process variable.")
    assert hint == 'For example: TZ = "UTC"'


@pytest.mark.parametrize("name", ["CKAN_SQLALCHEMY_URL", "CKAN_INI", "CKAN_", "CKAN_SITE_URL"])
def test_a_variable_by_which_ckan_would_leave_its_ini_is_refused_with_its_right_place(name: str) -> None:
    said, hint = refusal(HEAD + f'[env]\n{name} = "x"\n')
    assert said == f"env.{name} is not possible: CKAN's own variables beat every ini file."
    assert hint == "Put the setting into ckan.ini of the source directory."


def test_variables_for_the_extension_that_reads_settings_from_them_are_passed_on() -> None:
    text = HEAD + '[env]\nCKAN__SITE_TITLE = "Cats"\n_X = ""\nlower = "100%"\n'
    assert read(text).env == {"CKAN__SITE_TITLE": "Cats", "_X": "", "lower": "100%"}


@pytest.mark.parametrize("service", ["web", "postgres", "solr", "redis", "spare", "workers", ""])
def test_only_what_may_be_missing_can_be_switched(service: str) -> None:
    said, hint = refusal(HEAD + f'[services]\n"{service}" = true\n')
    assert said == f"services.{service} cannot be switched."
    assert "worker" in hint


def test_a_service_that_is_spelt_almost_right_is_guessed() -> None:
    assert refusal(HEAD + "[services]\nharvest-gater = true\n")[1] == "Did you mean 'harvest-gather'?"


@pytest.mark.parametrize("value", ["1", '"on"', '"true"', "[]", "0"])
def test_a_switch_is_true_or_false(value: str) -> None:
    said, hint = refusal(HEAD + f"[services]\nworker = {value}\n")
    assert (said, hint) == ("services.worker must be true or false.", "For example: worker = true")


@pytest.mark.parametrize("value", ["1", "true", '""', '"  "', "[]", "[1]", '["true", ""]', "{}"])
def test_what_runs_at_a_time_is_a_command_or_several(value: str) -> None:
    said, hint = refusal(HEAD + f'[cron]\n"@daily" = {value}\n')
    assert said == '[cron]: what runs at "@daily" must be a command in quotes, or a list of such.'
    assert hint == 'For example: "0 * * * *" = "ckan notify send_emails"'


def test_a_time_that_is_none_is_told_with_the_table_that_it_stands_in() -> None:
    said, hint = refusal(HEAD + '[cron]\n"60 * * * *" = "true"\n')
    assert said.startswith("[cron]: '60 * * * *' is no time of a crontab: its minute cannot be '60'")
    assert "@daily" in hint


def test_one_command_and_several_are_both_kept_in_their_order() -> None:
    text = HEAD + '[cron]\n"@daily" = "true"\n"0 * * * *" = ["b", "a"]\n'
    assert read(text).cron == {"@daily": ("true",), "0 * * * *": ("b", "a")}


@pytest.mark.parametrize("version", ["2", "99"])
def test_a_file_of_a_later_version_is_told_so_before_its_missing_keys(version: str) -> None:
    said, hint = refusal(f"version = {version}\n")
    assert said == f"has version {version}; this datacats knows version 1."
    assert "pip install --upgrade datacats" in hint


def test_what_a_full_file_says_is_all_read() -> None:
    text = HEAD + (
        'extensions = ["ckanext-cats", "ckanext-dogs==1"]\noverrides = ["urllib3>=2"]\n'
        'system_packages = ["libgeos-c1v5"]\nspare_containers = false\n'
        "[services]\nworker = false\ncron = true\n"
    )
    assert read(text) == EnvironmentFile(
        "catstown",
        "2.12",
        extensions=("ckanext-cats", "ckanext-dogs==1"),
        overrides=("urllib3>=2",),
        system_packages=("libgeos-c1v5",),
        spare_containers=False,
        services={"worker": False, "cron": True},
    )


def test_one_entry_stays_on_its_line_and_several_get_one_each() -> None:
    one = environment_file.with_value(HEAD.encode(), "extensions", ["a"]).decode()
    assert 'extensions = ["a"]\n' in one
    two = environment_file.with_value(one.encode(), "extensions", ["a", "b"]).decode()
    assert 'extensions = [\n    "a",\n    "b",\n]' in two
    assert read(two).extensions == ("a", "b")


def test_a_switch_is_set_changed_and_taken_out_again_around_what_others_wrote() -> None:
    text = f'# ours\n{HEAD}\n[env]\nTZ = "UTC" # why\n'.encode()
    on = environment_file.with_service(text, "cron", on=True)
    assert on.decode().endswith("[services]\ncron = true\n")
    off = environment_file.with_service(on, "cron", on=False)
    assert off == on.replace(b"cron = true", b"cron = false")
    assert environment_file.without_service(off, "cron") == text


def test_taking_out_a_switch_leaves_the_others() -> None:
    text = HEAD.encode() + b"[services]\nworker = false\ncron = true\n"
    left = environment_file.without_service(text, "cron")
    assert left == HEAD.encode() + b"[services]\nworker = false\n"
    for unknown in ("mail", "web"):
        assert environment_file.without_service(left, unknown) == left


@pytest.mark.parametrize(
    "there",
    [
        "",
        '\n[cron]\n"@daily" = "true"  # each night\n',
        '\n[cron]\n"*/5 * * * *" = "true"\n',
        '\n[cron]\n"*/5 * * * *" = ["b", "a"]\n',
    ],
)
def test_a_command_comes_to_its_time_and_goes_again(there: str) -> None:
    text = HEAD.encode() + there.encode()
    before = read(text.decode()).cron
    come = environment_file.with_command(text, "*/5 * * * *", "ckan harvester run")
    assert read(come.decode()).cron == {**before, "*/5 * * * *": (*before.get("*/5 * * * *", ()), "ckan harvester run")}
    assert environment_file.without_command(come, "ckan harvester run") == text


def test_a_command_goes_from_whatever_time_somebody_gave_it() -> None:
    text = HEAD + '\n[cron]\n"@daily" = ["true", "x"]\n"@hourly" = "x"\n'
    left = environment_file.without_command(text.encode(), "x").decode()
    assert read(left).cron == {"@daily": ("true",)}
    assert environment_file.without_command(HEAD.encode(), "x") == HEAD.encode()
