"""Bundles of styles and scripts: committed, and made from the sources beside them."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from config import ROOT


def sources_hash(static: Path) -> str:
    """Return the hash that ``deploy/bundle.mjs`` writes for the same sources."""
    files = [file for folder in ("css", "js") for file in (static / folder).rglob(f"*.{folder}")]
    named = sorted((f"static/{file.relative_to(static).as_posix()}", file) for file in files)
    return sha256(b"".join(f"{name}\n".encode() + file.read_bytes() for name, file in named)).hexdigest()


def test_the_bundles_are_current() -> None:
    stored = (ROOT / "static/dist/sources.sha256").read_text().strip()
    assert stored == sources_hash(ROOT / "static"), "type `make bundle` and commit static/dist"


def test_a_changed_source_is_noticed(tmp_path: Path) -> None:
    for folder in ("css", "js"):
        shutil.copytree(ROOT / "static" / folder, tmp_path / folder)
    before = sources_hash(tmp_path)
    with (tmp_path / "css/components/button.css").open("a") as file:
        file.write(".btn { color: red; }\n")
    assert before == sources_hash(ROOT / "static") != sources_hash(tmp_path)


def test_every_source_is_in_a_bundle() -> None:
    """A file of a subfolder that no entry imports would be without effect; esbuild names each file that it joins."""
    joined = "".join(file.read_text() for file in (ROOT / "static/dist").glob("*.*s"))
    sources = [file.relative_to(ROOT).as_posix() for file in (ROOT / "static").glob("[cj]*s/*/*.*s")]
    assert len(sources) > 40
    assert [source for source in sources if source not in joined] == []
