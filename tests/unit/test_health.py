"""/healthz and /readyz: what they say, and when they say no."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from django.test import Client
from pytest_django import Settings

from shop import heartbeat


@pytest.fixture
def redis_client(settings: Settings, db: None) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(heartbeat.KEY)
        yield client
        client.delete(heartbeat.KEY)


def test_healthz_needs_no_database(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_readyz_says_no_without_a_worker(client: Client, redis_client: redis.Redis) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "checks": {"database": True, "redis": True, "worker": False},
    }


def test_readyz_says_yes_when_all_answer(client: Client, redis_client: redis.Redis) -> None:
    heartbeat.beat(redis_client)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"] == {"database": True, "redis": True, "worker": True}


def test_worker_sign_of_life_goes_by_itself(redis_client: redis.Redis) -> None:
    heartbeat.beat(redis_client)
    assert 0 < redis_client.ttl(heartbeat.KEY) <= heartbeat.LIFETIME_SECONDS


@pytest.mark.django_db
def test_readyz_names_a_redis_that_is_down(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "redis": False, "worker": False}


def test_health_takes_no_post(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
