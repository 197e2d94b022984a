"""The sweep in batches beside uploads, another sweep and broken connections, in committed transactions."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import CommitUnknown, autocommit_connection, unit_of_work
from portal.extensions import db
from portal.files import jobs, ownership, services, storage
from portal.files.models import Purpose
from tests.files.pictures import encoded
from tests.support.locks import wait_until_blocked
from tests.support.statements import counting

pytestmark = [pytest.mark.slow, pytest.mark.concurrency]

LONG_AGO = timedelta(days=2)
PICTURE = encoded(quality=41)


@pytest.fixture(autouse=True)
def _folder_of_its_own(committed: PortalFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = committed.config["PORTAL"].model_copy(update={"media_url": str(tmp_path / "media")})
    monkeypatch.setitem(committed.config, "PORTAL", settings)
    monkeypatch.setattr(jobs, "BATCH", 2)
    with committed.app_context():
        ownership.claim()


def store_orphans(app: PortalFlask, *contents: bytes) -> list[Path]:
    """Store files that no row knows, long ago, and return their paths."""
    moment = (now() - LONG_AGO).timestamp()
    with app.app_context():
        paths = [storage.original_path(storage.digest_of(data)) for data in contents]
        for path, data in zip(paths, contents, strict=True):
            storage.write(path, data)
            os.utime(path, (moment, moment))
    return paths


def sweep(app: PortalFlask) -> int:
    with app.app_context():
        return jobs.sweep(now())


def upload(app: PortalFlask, account: Account) -> str:
    with app.app_context(), unit_of_work():
        return services.store(Actor(Channel.PAGE, account_id=account.id), PICTURE, Purpose.AVATAR).digest


def end_connection() -> None:
    """End the connection of the running transaction from outside, as a restart of the database does."""
    with autocommit_connection() as outside:
        outside.execute(select(func.pg_terminate_backend(db.session.scalar(select(func.pg_backend_pid())), 5000)))


def all_files(app: PortalFlask) -> set[str]:
    with app.app_context():
        return {path.name for path in storage.older_than(now() + LONG_AGO)}


@pytest.fixture
def at_first_rename(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """``at_first_rename(do)``: call ``do`` once in the transaction that deletes files, after the first of them."""
    set_aside = storage.set_aside

    def install(do: Callable[[], Any]) -> None:
        pending = iter([do])

        def set_aside_and_do(path: Path) -> Path | None:
            aside = set_aside(path)
            for act in pending:
                act()
            return aside

        monkeypatch.setattr(storage, "set_aside", set_aside_and_do)

    return install


def test_each_batch_takes_the_lock_anew(committed: PortalFlask) -> None:
    store_orphans(committed, *(f"orphan {number}".encode() for number in range(5)))
    with counting(committed) as ran:
        assert sweep(committed) == 5
    assert sum("pg_advisory_xact_lock(" in statement for statement in ran) == 3
    assert all_files(committed) == set()


def test_rows_are_deleted_in_batches_too(committed: PortalFlask, alina: Account) -> None:
    with committed.app_context(), unit_of_work():
        for quality in range(40, 45):
            services.store(Actor(Channel.PAGE, account_id=alina.id), encoded(quality=quality), Purpose.AVATAR)
    with committed.app_context(), counting(committed) as ran:
        assert jobs.sweep(now() + LONG_AGO) == 10, "five rows and their files"
    assert sum("DELETE FROM pictures" in statement for statement in ran) == 3


def test_a_file_that_is_uploaded_after_the_search_stays(
    committed: PortalFlask, alina: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = store_orphans(committed, PICTURE)
    check = ownership.check

    def upload_after_the_search(orphans: int, files: int) -> None:
        check(orphans, files)
        upload(committed, alina)

    monkeypatch.setattr(ownership, "check", upload_after_the_search)
    assert sweep(committed) == 0
    assert path.read_bytes() == PICTURE


def test_a_file_that_vanishes_during_the_search_does_no_harm(committed: PortalFlask) -> None:
    [path] = store_orphans(committed, b"orphan")
    (path.parent / "vanished").symlink_to("nowhere")  # listed, and not there
    assert sweep(committed) == 1


def test_the_sweep_waits_for_an_upload_that_has_not_committed(committed: PortalFlask, alina: Account) -> None:
    [path] = store_orphans(committed, PICTURE)
    with ThreadPoolExecutor(1) as pool:
        with committed.app_context(), unit_of_work():
            services.store(Actor(Channel.PAGE, account_id=alina.id), PICTURE, Purpose.AVATAR)
            moment = (now() - LONG_AGO).timestamp()
            os.utime(path, (moment, moment))  # else its age alone would keep it
            swept = pool.submit(sweep, committed)
            wait_until_blocked(swept)
        assert swept.result() == 0
    assert path.read_bytes() == PICTURE


def test_an_upload_that_waits_for_the_sweep_stores_its_file_again(
    committed: PortalFlask, alina: Account, at_first_rename: Callable[[Callable[[], Any]], None]
) -> None:
    [path] = store_orphans(committed, PICTURE)
    with ThreadPoolExecutor(1) as pool:
        uploads: list[Future[str]] = []

        def start_upload() -> None:
            uploads.append(pool.submit(upload, committed, alina))
            wait_until_blocked(uploads[0])

        at_first_rename(start_upload)
        assert sweep(committed) == 1
        uploads[0].result()
    assert path.read_bytes() == PICTURE


def test_two_sweeps_at_once_delete_each_file_once(committed: PortalFlask) -> None:
    paths = store_orphans(committed, *(f"orphan {number}".encode() for number in range(19)))
    start = Barrier(3)

    def sweep_with_others(_: int) -> int:
        start.wait()
        return sweep(committed)

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(sweep_with_others, range(3))) == len(paths)
    assert all_files(committed) == set()


def test_a_connection_that_is_lost_in_a_batch_loses_no_file(
    committed: PortalFlask, alina: Account, at_first_rename: Callable[[Callable[[], Any]], None]
) -> None:
    first, *_others = paths = store_orphans(committed, PICTURE, b"orphan 1", b"orphan 2", b"orphan 3", b"orphan 4")

    def lose_the_lock_to_an_upload() -> None:
        end_connection()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(upload, committed, alina).result()

    at_first_rename(lose_the_lock_to_an_upload)
    with pytest.raises((DBAPIError, CommitUnknown)):
        sweep(committed)
    assert all_files(committed) >= {path.name for path in paths}
    assert sweep(committed) == len(paths) - 1
    assert first.read_bytes() == PICTURE


def test_the_next_sweep_goes_on_where_a_connection_was_lost_between_batches(
    committed: PortalFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = store_orphans(committed, *(f"orphan {number}".encode() for number in range(6)))
    unlink, deleted = Path.unlink, []

    def unlink_and_break(self: Path, missing_ok: bool = False) -> None:
        unlink(self, missing_ok)
        deleted.append(self)
        if len(deleted) == jobs.BATCH:
            with committed.app_context():
                end_connection()

    monkeypatch.setattr(Path, "unlink", unlink_and_break)
    with pytest.raises(DBAPIError):
        sweep(committed)
    assert len(all_files(committed)) == len(paths) - jobs.BATCH
    assert sweep(committed) == len(paths) - jobs.BATCH


@pytest.mark.parametrize("is_known", [True, False])
def test_a_file_that_an_interrupted_sweep_has_set_aside_is_put_back_or_deleted(
    committed: PortalFlask, alina: Account, is_known: bool
) -> None:
    [path] = store_orphans(committed, PICTURE)
    if is_known:
        upload(committed, alina)
        moment = (now() - LONG_AGO).timestamp()
        os.utime(path, (moment, moment))
    aside = storage.set_aside(path)
    assert aside is not None
    assert not path.exists()
    assert sweep(committed) == (not is_known)
    assert (path.exists(), aside.exists()) == (is_known, False)
