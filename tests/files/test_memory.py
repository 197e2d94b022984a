"""The memory that one picture of the largest size takes, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from portal.files.images import MAX_PIXELS, MAX_PIXELS_UNREDUCED

pytestmark = pytest.mark.slow
MOST_MEGABYTES = 460
WORK = """
import resource, sys
from pathlib import Path
from portal.files import images
images.normalise(Path(sys.argv[1]).read_bytes())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
LARGEST = {
    "JPEG": ("RGB", MAX_PIXELS),
    "PNG": ("RGBA", MAX_PIXELS),
    "PNG with a palette": ("P", MAX_PIXELS_UNREDUCED),
    "PNG of 16 bits": ("I;16", MAX_PIXELS_UNREDUCED),
    "BMP": ("RGB", MAX_PIXELS),
    "WEBP": ("RGB", MAX_PIXELS_UNREDUCED),
    "GIF": ("P", MAX_PIXELS_UNREDUCED),
}


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_picture_takes_bounded_memory(name: str, tmp_path: Path) -> None:
    mode, pixels = LARGEST[name]
    width = 8000
    path = tmp_path / "picture"
    Image.new(mode, (width, pixels // width)).save(path, name.split()[0])
    # The peak of a new process begins with that of the process it was forked from: hence the shell between.
    shell = ["/bin/sh", "-c", '"$0" "$@"; exit $?', sys.executable, "-c", WORK, str(path)]
    used = int(subprocess.run(shell, check=True, capture_output=True, text=True).stdout)
    assert used < MOST_MEGABYTES
