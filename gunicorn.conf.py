"""The configuration of gunicorn, which ``flask up`` runs, or a process manager through the Procfile."""

import faulthandler
import gc
import os
import shutil
import signal
import sys

from config import load_or_exit
from portal.core import error_reporting, logs, private_folders
from portal.runtime import processes

faulthandler.enable()  # when a library crashes a process, the log holds the stack of each of its threads
settings = load_or_exit()
metrics_dir = private_folders.metrics_folder(settings.instance_dir)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_dir)  # read when prometheus_client is first imported

bind = settings.listen_on
workers = settings.web_concurrency
worker_class = "portal.runtime.http_server.web_worker.WebWorker"
threads = 8
worker_connections = 500  # with a temporary file for each, within the usual limit of 1,024 open files
sendfile = False  # it would wait for the client in the thread of the request
preload_app = "--reload" not in sys.argv  # workers share the application's memory with the master
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
limit_request_line = 0  # the worker caps the head; portal.web.http.request_setup answers 414 with a page before that
forwarded_allow_ips = ""  # portal.web.http.proxies decides whose forwarding headers count
accesslog = None
logger_class = "portal.runtime.http_server.server_log.ServerLog"
logconfig_dict = logs.configuration(settings.log_level, settings.log_form)
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn makes it safely


def on_starting(server):
    """Delete the metrics of earlier processes and prepare the database, before the first worker starts."""
    for path in metrics_dir.glob("*.db"):
        path.unlink()
    status = processes.run_in_child(prepare)
    if status != 0:
        raise SystemExit(abs(status))
    gc.collect()
    gc.freeze()  # the collector no longer writes into what is loaded, so workers share that memory
    gc.set_threshold(20_000, 20, 50)  # a request makes thousands of objects and hardly any cycles


def prepare():
    """Prepare the database; runs in a child process, because cities and demo take memory that no worker needs."""
    from portal.runtime import bootstrap
    from wsgi import app

    return bootstrap.report(app)


def post_fork(server, worker):
    """Let the worker end with its master."""
    processes.die_with_parent(signal.SIGTERM, server.pid)()


def post_worker_init(worker):
    """Start the threads of a worker, which would not survive the fork, with database connections of its own."""
    from portal.extensions import db
    from portal.runtime import scheduler
    from wsgi import app

    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
    error_reporting.start(settings)
    scheduler.start(app)


def child_exit(server, worker):
    """Remove the gauges of a worker that has ended from the metrics."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    """Delete the metrics, which may be in memory."""
    shutil.rmtree(metrics_dir, ignore_errors=True)
