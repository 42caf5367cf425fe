"""The worker's sign of life: a key in Redis that each pool of workers refreshes.

The key is written by a task thread of its own inside the worker's main process, so it
says "a worker is up and reaches Redis", not "every task is quick".
"""

from __future__ import annotations

import logging
import threading
from typing import Any

import redis
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings

KEY = "kaufhaus:worker:alive"
INTERVAL_SECONDS = 5
LIFETIME_SECONDS = 20

_stopped = threading.Event()
_log = logging.getLogger(__name__)


def beat(client: redis.Redis) -> None:
    """Writes the sign once; it goes by itself after LIFETIME_SECONDS."""
    client.set(KEY, "1", ex=LIFETIME_SECONDS)


def _run() -> None:
    client = redis.Redis.from_url(settings.REDIS_URL)
    while not _stopped.is_set():
        try:
            beat(client)
        except redis.RedisError as error:
            _log.warning("Worker sign of life not written: %s", error)
        _stopped.wait(INTERVAL_SECONDS)
    client.close()


def _start(**_kwargs: Any) -> None:
    _stopped.clear()
    threading.Thread(target=_run, name="worker-heartbeat", daemon=True).start()


def _stop(**_kwargs: Any) -> None:
    _stopped.set()


def connect() -> None:
    """Ties the sign of life to the start and end of a worker."""
    worker_ready.connect(_start, dispatch_uid="shop.heartbeat.start")
    worker_shutdown.connect(_stop, dispatch_uid="shop.heartbeat.stop")
