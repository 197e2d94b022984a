"""Entry point of gunicorn and of the flask command."""

from config import load_or_exit
from portal import create_app

app = create_app(load_or_exit())
