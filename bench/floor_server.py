"""The configuration of gunicorn for the floors: the portal's own settings without its hooks, on another port."""

import gc
import os
from runpy import run_path

SETTINGS = (bool, int, float, str)
globals().update(
    {
        name: value
        for name, value in run_path("gunicorn.conf.py").items()
        if isinstance(value, SETTINGS) and name[0] != "_"
    }
)
bind = f"127.0.0.1:{os.environ['PORT']}"
gc.set_threshold(20_000, 20, 50)
loglevel = "warning"
