"""The entry point of gunicorn and of the flask command."""

import gc

from config import load_or_exit
from portal import create_app_or_exit

gc.disable()  # what is loaded stays; searching it for garbage would take a sixth of the start
app = create_app_or_exit(load_or_exit())
gc.enable()
