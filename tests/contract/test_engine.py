"""What every engine says of itself."""

from __future__ import annotations

import re

from tests.contract.stage import Stage


def test_an_engine_says_where_it_listens_and_how_that_was_found(stage: Stage) -> None:
    assert re.fullmatch(r"/\S+ \(.+\)", stage.engine.address)


def test_an_engine_says_what_it_is_and_speaks_the_oldest_interface_that_datacats_knows(stage: Stage) -> None:
    info = stage.engine.info()
    assert tuple(map(int, info.api.split("."))) >= (1, 41)
    assert (info.memory > 0, info.cpus > 0, info.root.startswith("/")) == (True, True, True)
