"""The worker's sign of life: a key in Redis that each pool of workers refreshes.

The key is written by a thread inside the worker's main process, so it says "a worker is
up and reaches Redis", not "every task is quick". A worker that ends in order takes the
key along; another one puts it back within INTERVAL_SECONDS.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import Any

import redis
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings

KEY = "kaufhaus:worker:alive"
INTERVAL_SECONDS = 5
LIFETIME_SECONDS = 20

_stopped = threading.Event()
_threads: list[threading.Thread] = []
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
    with suppress(redis.RedisError):
        client.delete(KEY)
    client.close()


def _start(**_kwargs: Any) -> None:
    _stopped.clear()
    _threads.append(threading.Thread(target=_run, name="worker-heartbeat", daemon=True))
    _threads[-1].start()


def _stop(**_kwargs: Any) -> None:
    _stopped.set()
    while _threads:
        _threads.pop().join(timeout=INTERVAL_SECONDS)


def connect() -> None:
    """Ties the sign of life to the start and end of a worker."""
    worker_ready.connect(_start, dispatch_uid="shop.heartbeat.start")
    worker_shutdown.connect(_stop, dispatch_uid="shop.heartbeat.stop")
