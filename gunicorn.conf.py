"""How gunicorn serves the portal; ``flask up`` runs it, or a process manager through the Procfile."""

import faulthandler
import gc
import os
import signal
import sys

from config import load_or_exit
from portal.core import error_reporting, logs
from portal.runtime import processes

faulthandler.enable()  # a library that crashes a process leaves in the log what each of its threads did
settings = load_or_exit()
metrics_dir = settings.instance_dir / "metrics"
metrics_dir.mkdir(parents=True, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_dir)  # read when prometheus_client is first imported

bind = settings.listen_on
workers = settings.web_concurrency
worker_class = "gthread"
threads = 8
preload_app = "--reload" not in sys.argv  # workers share the application's memory with the master
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
limit_request_line = 0  # portal.web.http.request_setup answers 414 with a page; gunicorn would answer its own
forwarded_allow_ips = ""  # portal.web.http.proxies decides whose forwarding headers count
accesslog = None
logconfig_dict = logs.configuration(settings.log_level, settings.log_form)
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn makes it safely


def on_starting(server):
    """Before the first worker: metrics of earlier processes go, and the database is made ready."""
    for left in metrics_dir.glob("*.db"):
        left.unlink()
    status = processes.in_child(prepare)
    if status != 0:
        raise SystemExit(abs(status))
    gc.collect()
    gc.freeze()  # what is loaded stays shared: the collector never writes into it
    gc.set_threshold(20_000, 20, 50)  # a request makes thousands of objects and hardly any cycles


def prepare():
    """In a process that ends: cities and demo need memory that no worker should carry."""
    from portal.runtime import bootstrap
    from wsgi import app

    return bootstrap.report(app)


def post_fork(server, worker):
    """Let the worker end with its master, and never use the master's database connections."""
    if processes.ON_LINUX:
        processes.die_with_parent(signal.SIGTERM, server.pid)()


def post_worker_init(worker):
    """Threads do not survive a fork, so jobs and the dispatcher start here."""
    from portal.extensions import db
    from portal.runtime import scheduler
    from wsgi import app

    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
    error_reporting.start(settings)
    scheduler.start(app)


def child_exit(server, worker):
    """Gauges of a worker that is gone no longer count."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
