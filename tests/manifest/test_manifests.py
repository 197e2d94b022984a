"""A feature is wired by its manifest and one line of the list; a wrong manifest is refused with one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask_babel import lazy_gettext

from config import ROOT
from portal import create_app
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.access import ANYONE
from portal.core.actor import Actor, Channel
from portal.core.db.unit_of_work import unit_of_work
from portal.core.events import publish
from portal.core.extension_points import ExtensionPoint
from portal.core.manifest import (
    AuditAction,
    Command,
    Feature,
    Job,
    ManifestError,
    Registry,
    Views,
    load,
    registry,
)
from portal.extensions import db
from portal.features import FEATURES
from portal.outbox.kinds import kind_named
from portal.runtime import scheduler
from portal.settings.registry import get_all
from portal.web.preferences import PreferenceChosen
from tests.manifest.sample import jobs
from tests.manifest.sample.feature import Action
from tests.support.clients import Api, Page

WITH_SAMPLE = (*FEATURES, "sample")


@pytest.fixture
def extended(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PortalFlask]:
    """Yield the application with the sample feature, as one more line of the list would give it."""
    monkeypatch.setitem(sys.modules, "portal.sample", sys.modules["tests.manifest.sample"])
    monkeypatch.setitem(sys.modules, "portal.sample.feature", sys.modules["tests.manifest.sample.feature"])
    app = create_app(committed.config["PORTAL"], WITH_SAMPLE)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_its_pages_are_served_with_their_default_access(extended: PortalFlask, alina: Account) -> None:
    assert "/login" in Page(extended).get("/sample/", status=303).location
    Page(extended).sign_in(alina).get("/sample/")


def test_its_endpoints_need_no_csrf_token(extended: PortalFlask) -> None:
    assert Api(extended).post("/api/v1/sample") == {}


def test_its_menu_entry_is_shown_with_its_counter(extended: PortalFlask, alina: Account, adam: Account) -> None:
    links = Page(extended).sign_in(alina).get("/home").soup
    assert links is not None
    assert links.select('header a[href="/sample/"]')
    assert "7" in " ".join(Page(extended).sign_in(adam).get("/admin").texts('a[href="/sample/"]'))


def test_its_declarations_are_known(extended: PortalFlask, alina: Account) -> None:
    with extended.app_context():
        assert kind_named("sample.greeting").channels == ()
        assert get_all()["sample.is_friendly"] is True
        assert registry().audit_actions["sample.greet"] is Action.GREET
        assert scheduler.run(extended, "sample.count") == 3
    with extended.app_context(), unit_of_work():
        publish(PreferenceChosen(Actor(Channel.PAGE, account_id=alina.id), locale="ru"))
    assert jobs.preferences.pop().locale == "ru"
    assert extended.test_cli_runner().invoke(args=["sample"]).output == "sample\n"


def test_nothing_of_it_is_known_without_its_line(committed: PortalFlask) -> None:
    Page(committed).get("/sample/", status=404)
    with committed.app_context(), pytest.raises(LookupError):
        kind_named("sample.greeting")


def bad(**fields: Any) -> Feature:
    return Feature(**{"name": "sample", "package": "tests.manifest.sample", **fields})


class Twice(AuditAction):
    """Two names for one action."""

    FIRST = "sample.twice", lazy_gettext("Home")
    SECOND = "sample.twice", lazy_gettext("Home")


class Unlabelled(AuditAction):
    """An action that nobody could read in the audit log."""

    SILENT = "sample.silent", ""


POINT: ExtensionPoint[Any] = ExtensionPoint("point")

WRONG: dict[str, tuple[tuple[Feature, ...], str]] = {
    "missing module of views": (
        (bad(pages=(Views("no_views", ANYONE),)),),
        "there is no module tests.manifest.sample.no_views",
    ),
    "missing module of tables": ((bad(models=("tables",)),), "there is no module tests.manifest.sample.tables"),
    "missing module of messages": ((bad(messages=("mails",)),), "there is no module tests.manifest.sample.mails"),
    "missing module of a command": (
        (bad(commands=(Command("greet", "greetings:greet"),)),),
        "there is no module tests.manifest.sample.greetings",
    ),
    "missing module of a setup step": ((bad(setup=("first:step",)),), "there is no module tests.manifest.sample.first"),
    "missing function of a job": (
        (bad(jobs=(Job("sample.count", "jobs:counts", timedelta(hours=1)),)),),
        "tests.manifest.sample.jobs has no counts",
    ),
    "blueprint without access": ((bad(pages=(Views("views"),)),), "views has no access"),
    "module without a blueprint": ((bad(api=(Views("jobs", ANYONE),)),), "tests.manifest.sample.jobs has no blueprint"),
    "job without a name": ((bad(jobs=(Job("", "jobs:count", timedelta(hours=1)),)),), "the name of a job is missing"),
    "job of a name that is taken": (
        (bad(jobs=(Job("sample.count", "jobs:count", timedelta(hours=1)),) * 2),),
        "the job sample.count is declared twice",
    ),
    "audit action twice in one feature": (
        (bad(audit_actions=Twice),),
        "the audit action sample.twice is declared twice",
    ),
    "audit action twice in two features": (
        (bad(audit_actions=Action), bad(name="other", audit_actions=Action)),
        "the audit action sample.greet is declared twice",
    ),
    "command of a name that is taken": (
        (bad(commands=(Command("sample", "commands:sample"),) * 2),),
        "the command sample is declared twice",
    ),
    "missing package of a setup step": (
        (bad(setup=("missing.first:step",)),),
        "there is no module tests.manifest.sample.missing.first",
    ),
    "missing package of a command": (
        (bad(commands=(Command("greet", "missing.greetings:greet"),)),),
        "there is no module tests.manifest.sample.missing.greetings",
    ),
    "job with a blank name": (
        (bad(jobs=(Job("  ", "jobs:count", timedelta(hours=1)),)),),
        "the name of a job is missing",
    ),
    "job without an interval": (
        (bad(jobs=(Job("sample.count", "jobs:count", timedelta(0)),)),),
        "the job sample.count has no interval",
    ),
    "function without a module": (
        (bad(jobs=(Job("sample.count", "count", timedelta(hours=1)),)),),
        "“count” is not module:name",
    ),
    "blueprint that is none": ((bad(pages=(Views("jobs:count", ANYONE),)),), "tests.manifest.sample.jobs has no count"),
    "blueprint twice": (
        (bad(pages=(Views("views", ANYONE),) * 2),),
        "the blueprint sample is declared twice",
    ),
    "audit action without a label": ((bad(audit_actions=Unlabelled),), "the audit action sample.silent has no label"),
    "extension point implemented twice": (
        (bad(implements={POINT: "jobs:count"}), bad(name="other", implements={POINT: "jobs:waiting"})),
        "the implementation point is declared twice",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_manifest_is_refused_with_one_sentence(case: str) -> None:
    features, complaint = WRONG[case]
    with pytest.raises(ManifestError) as refused:
        Registry(features)
    assert complaint in str(refused.value)
    assert str(refused.value).startswith(f"The manifest of {features[-1].name} is wrong: ")


def test_a_package_without_a_manifest_is_refused() -> None:
    with pytest.raises(ManifestError, match=r"^There is no manifest portal\.nothing\.feature\.$"):
        load((*FEATURES, "nothing"))


def test_a_fault_inside_a_module_is_no_missing_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "faulty").mkdir()
    (tmp_path / "faulty" / "views.py").write_text("import no_such_library\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        bad(package="faulty").module("views")


@pytest.mark.process
def test_the_start_ends_with_the_sentence(tmp_path: Path) -> None:
    program = "import portal.features\nportal.features.FEATURES = (*portal.features.FEATURES, 'nothing')\nimport wsgi\n"
    environment = {**os.environ, "INSTANCE_DIR": str(tmp_path), "ENVIRONMENT": "TEST"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "There is no manifest portal.nothing.feature.\n")
