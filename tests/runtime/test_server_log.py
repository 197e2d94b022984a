"""The log of the server: nothing is collected for lines about requests."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from config import ROOT
from portal.core import logs
from portal.runtime.http_server.server_log import ServerLog


@pytest.mark.parametrize(("kind", "times"), [(Logger, 1), (ServerLog, 0)])
def test_nothing_is_collected_about_a_request(kind: type[Logger], times: int) -> None:
    """The logger is not set up, because that would configure the logs of the whole process."""
    collected = []

    class Watched(kind):  # type: ignore[misc, valid-type]  # a class that the test chooses
        def atoms(self, *_arguments: Any) -> dict[str, str]:
            collected.append("atoms")
            return {}

    log: Any = Watched.__new__(Watched)
    settings: Any = Config()  # type: ignore[no-untyped-call]  # gunicorn types nothing
    log.cfg, log.access_log = settings, logging.getLogger("test.access")
    settings.set("logconfig_dict", logs.configuration("INFO", "text"))
    log.access(None, None, {}, timedelta(0))
    assert len(collected) == times


def test_the_server_uses_it() -> None:
    line = f'logger_class = "{ServerLog.__module__}.{ServerLog.__name__}"'
    assert line in (ROOT / "gunicorn.conf.py").read_text().splitlines()
