"""The form of what programs read: it is written down, and every document of every test keeps to it."""

from __future__ import annotations

import json

import pytest
from jsonschema import ValidationError

from datacats.cli.documents import RESULTS
from tests.cli.test_help import LEAVES
from tests.support import documents

ENVELOPE = {"datacats": 1, "command": "stop"}
STOPPED = {"name": "catstown", "site": "primary", "changed": []}


def test_every_command_has_written_down_what_it_gives() -> None:
    assert set(RESULTS) == set(LEAVES)


def test_the_schema_in_the_docs_is_that_of_the_code() -> None:
    again = "python -m tests.support.documents > docs/reference/documents.json"
    assert json.loads(documents.WRITTEN.read_text()) == json.loads(json.dumps(documents.schema())), again


def test_a_document_of_the_promised_form_is_accepted() -> None:
    documents.check({**ENVELOPE, "result": STOPPED})
    documents.check({**ENVELOPE, "result": {"plan": ["stop it"], "later": []}})
    documents.check({**ENVELOPE, "event": {"kind": "said", "text": "Hear!"}})


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({**ENVELOPE, "result": {**STOPPED, "more": 1}}, id="a field that nobody wrote down"),
        pytest.param({**ENVELOPE, "result": {"name": "catstown"}}, id="a field that is missing"),
        pytest.param({**ENVELOPE, "datacats": 2, "result": STOPPED}, id="another form"),
        pytest.param({**ENVELOPE, "command": "list", "result": STOPPED}, id="the result of another command"),
        pytest.param({**ENVELOPE, "error": {"kind": "NotFound"}}, id="half an error"),
        pytest.param(ENVELOPE, id="nothing in the envelope"),
    ],
)
def test_any_other_document_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        documents.check(document)
