"""A real Celery worker shows a sign of life and takes it along when it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
import redis
from django.conf import settings
from django.test import Client

from shop import heartbeat

TIMEOUT_SECONDS = 60


def _wait_for_key(client: redis.Redis, worker: subprocess.Popen[str]) -> None:
    end = time.monotonic() + TIMEOUT_SECONDS
    while not client.exists(heartbeat.KEY):
        assert worker.poll() is None, worker.communicate()[0]
        assert time.monotonic() < end, "no sign of life"
        time.sleep(0.1)


@pytest.mark.django_db
def test_readyz_follows_the_worker(process_environment: dict[str, str], client: Client) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        server.delete(heartbeat.KEY)
        command = [sys.executable, "-m", "celery", "-A", "shop", "worker", "--pool=solo"]
        worker = subprocess.Popen(
            command,
            env=process_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            _wait_for_key(server, worker)
            assert client.get("/readyz").status_code == 200
        finally:
            worker.send_signal(signal.SIGTERM)
            output, _ = worker.communicate(timeout=TIMEOUT_SECONDS)
        assert worker.returncode == 0, output
        assert not server.exists(heartbeat.KEY)
        assert client.get("/readyz").status_code == 503
