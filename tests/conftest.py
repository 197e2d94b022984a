"""Fixtures of the whole suite: two kinds of database, clients for pages and JSON, people, a clock."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.plugin import pytest_xdist_auto_num_workers as count_cores

from config import ROOT
from portal import create_app
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core import clock as clock_module
from portal.core.db.unit_of_work import writing_engine
from portal.core.security import passwords
from portal.extensions import db
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS
from portal.permissions.services import sync_built_in_groups
from tests import factories
from tests.support import databases, server
from tests.support.clients import Api, Page

# No test measures time: a busy machine is not a failure.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")

LOCAL = {"127.0.0.1", "::1", "localhost"}


def pytest_configure(config: pytest.Config) -> None:
    """Create, in the controller, a folder for all workers and a database server, unless TEST_DATABASE_URL names one."""
    gc.set_threshold(20_000, 20, 50)  # looking for garbage as often as usual takes a tenth of the suite
    if hasattr(config, "workerinput"):
        return
    subprocess.run([ROOT / "deploy/assets"], check=True)
    folder = tempfile.TemporaryDirectory(prefix="portal-tests-")
    os.chmod(folder.name, 0o755)  # under root PostgreSQL runs as another user
    config.add_cleanup(folder.cleanup)
    os.environ["TEST_FOLDER"] = folder.name
    if "TEST_DATABASE_URL" not in os.environ:
        from portal.runtime import embedded_database

        server = embedded_database.start(Path(folder.name) / "database", fsync="off", max_connections="200")
        config.add_cleanup(server.stop)
        os.environ["TEST_DATABASE_URL"] = server.url


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use one worker more than there are cores if any test waits for a browser or a server."""
    cores: int = count_cores(config)
    return cores + (not config.option.markexpr)


LONGEST = "test_removal.py"
SLOW_MARKERS = ("browser", "process", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest file first, then slow tests, then large files: no worker is left with them in the end."""
    tests = Counter(item.path for item in items)
    items.sort(
        key=lambda item: (
            item.path.name != LONGEST,
            not any(map(item.get_closest_marker, SLOW_MARKERS)),
            -tests[item.path],
        )
    )


@pytest.fixture(scope="session", autouse=True)
def _only_local_sockets() -> Iterator[None]:
    """Refuse connections to other machines."""
    connect = socket.socket.connect

    def guarded(self: Any, target: Any) -> None:
        if isinstance(target, tuple) and target[0] not in LOCAL:
            raise RuntimeError(f"a test tried to reach {target[0]}")
        connect(self, target)

    socket.socket.connect = guarded  # type: ignore[method-assign]  # for the whole session
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]  # as it was


def cloned_app(name: str, template: str, tmp: Path, **overrides: Any) -> Iterator[PortalFlask]:
    """Yield an application whose database is a clone of ``template``, and drop it afterwards."""
    with databases.cloned(name, template) as own:
        app = create_app(databases.settings_for(own, tmp, **overrides))
        with app.app_context():
            sync_built_in_groups()
            db.session.commit()
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def _tx_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalFlask]:
    # Versions are raised by commits, of which there are none.
    instance = tmp_path_factory.mktemp("instance")
    yield from cloned_app("portal_tx", databases.migrated(), instance, answer_cache_bytes=0)


@pytest.fixture(scope="session")
def _committed_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalFlask]:
    yield from cloned_app("portal_committed", databases.migrated(), tmp_path_factory.mktemp("instance"))


@pytest.fixture(scope="session")
def _world_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalFlask]:
    """Yield an application whose database holds the cities of the world."""
    yield from cloned_app("portal_world", databases.with_cities(), tmp_path_factory.mktemp("instance"))


@pytest.fixture
def tx(_tx_app: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PortalFlask]:
    """Yield an application on one connection with a savepoint: fast, but for one thread and no server."""
    app = _tx_app
    with app.app_context():
        engines = db.engines
    engine = engines[None]
    connection = writing_engine(engine).connect()
    outer = connection.begin()
    connection.begin_nested()
    engines[None] = connection  # type: ignore[index]  # a session binds to either, the mapping is a dict

    start = threading.Thread.start

    def refuse(self: threading.Thread) -> None:
        if not self.name.startswith(passwords.THREAD_NAME_PREFIX):  # they know no database
            raise RuntimeError("a test with threads needs the `committed` fixture")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    factories.use(app)
    yield app
    engines[None] = engine  # type: ignore[index]  # likewise
    outer.rollback()
    connection.close()


@pytest.fixture
def committed(_committed_app: PortalFlask) -> Iterator[PortalFlask]:
    """Yield an application on a database whose rows are really committed, and empty it afterwards."""
    factories.use(_committed_app)
    yield _committed_app
    with _committed_app.app_context():
        databases.empty(db.session)
        db.session.commit()


@pytest.fixture
def forgetful(committed: PortalFlask) -> Iterator[PortalFlask]:
    """Yield another process on the database of ``committed``, which remembers no answers."""
    app = create_app(committed.config["PORTAL"].model_copy(update={"answer_cache_bytes": 0}))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest) -> PortalFlask:
    """Return the application of the test's database: ``committed`` if the test requests it, else ``tx``."""
    chosen: PortalFlask = request.getfixturevalue("committed" if "committed" in request.fixturenames else "tx")
    return chosen


@pytest.fixture
def page(app: PortalFlask) -> Page:
    return Page(app)


@pytest.fixture
def api(app: PortalFlask) -> Api:
    return Api(app)


class Clock:
    """The time of the application, which stands still once a test sets it."""

    def set(self, instant: datetime) -> None:
        clock_module.source = lambda: instant

    def move(self, **span: float) -> None:
        self.set(clock_module.now() + timedelta(**span))


@pytest.fixture
def clock() -> Iterator[Clock]:
    source = clock_module.source
    stopped = Clock()
    stopped.set(clock_module.now())
    yield stopped
    clock_module.source = source


@pytest.fixture
def alina(app: PortalFlask) -> Account:
    return factories.make_account("alina@demo.example", first_name="Alina", last_name="Demo")


@pytest.fixture
def bob(app: PortalFlask) -> Account:
    return factories.make_account("bob@demo.example", first_name="Bob", last_name="Demo")


@pytest.fixture
def mona(app: PortalFlask) -> Account:
    return factories.make_account("mona@demo.example", first_name="Mona", last_name="Demo", groups=(MODERATORS,))


@pytest.fixture
def adam(app: PortalFlask) -> Account:
    return factories.make_account(
        "adam@demo.example", first_name="Adam", last_name="Demo", role="staff", groups=(ADMINISTRATORS,)
    )


@pytest.fixture
def nina(app: PortalFlask) -> Account:
    return factories.make_account("nina@demo.example", first_name="Nina", last_name="Demo", verified=False)


@pytest.fixture
def wanda(app: PortalFlask) -> Account:
    """Return a person who has confirmed their email and waits for the office."""
    return factories.make_account("wanda@demo.example", first_name="Wanda", last_name="Demo", waiting=True)


@pytest.fixture
def boris(app: PortalFlask) -> Account:
    return factories.make_account("boris@demo.example", first_name="Boris", last_name="Demo", banned=True)


@pytest.fixture(scope="session")
def demo_server() -> Iterator[str]:
    """Yield the URL of a real gunicorn with cities and a small demo; shared by the tests of one worker."""
    template = server.demo_template(people=120, events=48)
    with databases.cloned("portal_served", template) as name, server.serving(name) as url:
        yield url
