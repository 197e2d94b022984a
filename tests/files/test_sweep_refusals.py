"""The sweep against a database that does not know the folder: nothing is deleted unless somebody confirms it."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.files import jobs, ownership, services, storage
from portal.files.models import Picture, Purpose
from portal.profiles.models import Profile
from tests import factories
from tests.files.pictures import encoded

LONG_AGO = timedelta(days=3)


@pytest.fixture
def folder(tx: PortalFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder of pictures, which the application uses."""
    media = tmp_path / "media"
    settings = tx.config["PORTAL"].model_copy(update={"media_url": str(media)})
    monkeypatch.setitem(tx.config, "PORTAL", settings)
    return media


def fill(app: PortalFlask, used: int, unknown: int) -> None:
    """Store pictures that profiles use, and files that no row knows, all of them long ago."""
    for number in range(used):
        account = factories.make_account()
        with app.app_context(), unit_of_work():
            data = encoded(quality=20 + number)
            picture = services.store(Actor(Channel.PAGE, account_id=account.id), data, Purpose.AVATAR)
            db.session.get_one(Profile, account.id).avatar_id = picture.id
    with app.app_context():
        for number in range(unknown):
            digest = storage.digest_of(f"unknown {number}".encode())
            storage.write(storage.original_path(digest), b"unknown")
        for path in storage.older_than(now() + LONG_AGO):
            os.utime(path, ((now() - LONG_AGO).timestamp(),) * 2)


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.glob("*/**/*"))


def sweep(app: PortalFlask, *, confirmed: bool = False) -> int:
    with app.app_context():
        return jobs.sweep(now(), confirmed=confirmed)


@pytest.mark.parametrize("number", [1, 4, 30])
def test_an_empty_database_deletes_nothing_of_a_folder_without_an_owner(
    tx: PortalFlask, folder: Path, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tx, used=0, unknown=number)
    assert sweep(tx) == 0
    assert files(folder) == number
    assert "sweep-pictures --confirm" in caplog.text


@pytest.mark.parametrize("stranger", ["7/16384", "", "nonsense"])
def test_the_folder_of_another_database_is_left_alone(tx: PortalFlask, folder: Path, stranger: str) -> None:
    fill(tx, used=3, unknown=1)
    with tx.app_context():
        ownership.marker().write_text(stranger)
    assert sweep(tx) == 0
    assert files(folder) == 4


def test_a_few_unknown_files_of_our_own_folder_are_deleted(tx: PortalFlask, folder: Path) -> None:
    fill(tx, used=3, unknown=ownership.FEW)
    assert sweep(tx) == ownership.FEW
    assert files(folder) == 3


def test_a_folder_from_before_is_claimed_if_its_pictures_are_known(tx: PortalFlask, folder: Path) -> None:
    fill(tx, used=3, unknown=2)
    with tx.app_context():
        ownership.marker().unlink()
    assert sweep(tx) == 2
    with tx.app_context():
        assert ownership.marker().read_text() == ownership.database_id()


def test_too_many_at_once_are_deleted_only_when_somebody_confirms(
    tx: PortalFlask, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tx, used=2, unknown=ownership.FEW + 1)
    with caplog.at_level(logging.ERROR):
        assert sweep(tx) == 0
    assert f"{ownership.FEW + 1} of {ownership.FEW + 3} files" in caplog.text
    result = tx.test_cli_runner().invoke(args=["sweep-pictures", "--confirm"])
    assert result.output == f"Deleted: {ownership.FEW + 1}.\n"
    assert files(folder) == 2


def test_an_unused_picture_goes_after_an_hour(tx: PortalFlask, folder: Path, alina: Account) -> None:
    with tx.app_context(), unit_of_work():
        services.store(Actor(Channel.PAGE, account_id=alina.id), encoded(), Purpose.AVATAR)
    with tx.app_context():
        assert jobs.sweep(now() + timedelta(minutes=59)) == 0
        assert jobs.sweep(now() + timedelta(minutes=61)) == 2, "its row and its file"
        assert db.session.query(Picture).count() == 0


def test_the_folder_of_pictures_is_closed_to_others(tx: PortalFlask, folder: Path) -> None:
    fill(tx, used=1, unknown=0)
    assert folder.stat().st_mode & 0o777 == 0o700
