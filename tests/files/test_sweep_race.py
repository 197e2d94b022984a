"""An upload at the moment when the sweep has found that no row names its file."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.files import jobs, ownership, services, storage
from portal.files.models import Purpose
from tests.files.pictures import encoded

pytestmark = pytest.mark.slow

LONG_ENOUGH_TO_FINISH = 2


@pytest.mark.concurrency
def test_the_sweep_does_not_delete_a_file_that_an_upload_has_just_reused(
    committed: PortalFlask, alina: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(quality=41)
    with committed.app_context():
        path = storage.original_path(storage.digest_of(data))
        ownership.claim()
        storage.write(path, data)
    long_ago = (now() - jobs.GRACE_PERIOD - timedelta(days=1)).timestamp()
    os.utime(path, (long_ago, long_ago))

    def upload() -> None:
        with committed.app_context(), unit_of_work():
            services.store(Actor(Channel.PAGE, account_id=alina.id), data, Purpose.AVATAR)

    uploading = threading.Thread(target=upload)

    def yield_after_upload(limit: datetime) -> Iterator[Path]:
        uploading.start()
        uploading.join(LONG_ENOUGH_TO_FINISH)
        yield path

    monkeypatch.setattr(storage, "older_than", yield_after_upload)
    with committed.app_context():
        assert jobs.sweep(now()) == 1
    uploading.join()
    assert path.read_bytes() == data
