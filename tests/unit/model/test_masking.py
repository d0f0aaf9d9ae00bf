"""What of the settings is shown, and what is not."""

from __future__ import annotations

import pytest

from datacats.model.masking import MASK, is_secret, masked


@pytest.mark.parametrize(
    "key",
    [
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "WTF_CSRF_SECRET_KEY",
        "beaker.session.secret",
        "beaker.session.validate_key",
        "api_token.jwt.encode.secret",
        "smtp.password",
        "solr_password",
        "ckan.recaptcha.privatekey",
        "ckanext.xloader.api_token",
        "ckan.files.storage.s3.secret",
        "ckanext.s3.aws_secret_access_key",
        "ckanext.thing.apikey",
        "ckanext.oidc.client_secret",
        "CKAN_POSTGRES_PWD",
        "env.MY_PASSWORD",
    ],
)
def test_a_setting_that_holds_a_secret_is_masked(key: str) -> None:
    assert is_secret(key)
    assert masked(key, "swordfish") == MASK


@pytest.mark.parametrize(
    "key",
    [
        "ckan.site_title",
        "api_token.nbytes",
        "api_token.jwt.algorithm",
        "apitoken_header_name",
        "ckan.recaptcha.publickey",
        "ckan.auth.create_user_via_web",
        "SESSION_KEY_PREFIX",
        "ckanext.s3.aws_access_key_id",
        "ckanext.oidc.token_url",
    ],
)
def test_a_setting_that_holds_none_is_shown(key: str) -> None:
    assert not is_secret(key)
    assert masked(key, "swordfish") == "swordfish"


@pytest.mark.parametrize("value", ["", "true", "False", "20", "none"])
def test_what_can_be_no_secret_is_shown_whatever_its_key(value: str) -> None:
    assert masked("ckan.auth.create_default_api_key", value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql://ckan:swordfish@postgres/ckan", f"postgresql://ckan:{MASK}@postgres/ckan"),
        ("redis://:swordfish@redis:6379/0", f"redis://:{MASK}@redis:6379/0"),
        ("git+https://swordfish@github.com/x", f"git+https://{MASK}@github.com/x"),
        ("https://a/x?q=1&api_key=swordfish&b=2", f"https://a/x?q=1&api_key={MASK}&b=2"),
        ('["git+https://me:swordfish@x/y", "b"]', f'["git+https://me:{MASK}@x/y", "b"]'),
        ("postgresql://ckan@postgres/ckan", "postgresql://ckan@postgres/ckan"),
        ("http://127.0.0.1:5000/a@b", "http://127.0.0.1:5000/a@b"),
        ("mail me: a@example.org", "mail me: a@example.org"),
    ],
)
def test_in_an_address_only_what_is_secret_is_masked(value: str, shown: str) -> None:
    assert masked("ckan.some.url", value) == shown
