"""/healthz: this process answers. /readyz: database, Redis and worker answer too."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from shop import heartbeat

REDIS_TIMEOUT_SECONDS = 2


def database_ready() -> bool:
    """True when a statement is answered and the schema is there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return cursor.fetchone() is not None
    except DatabaseError:
        return False


def redis_and_worker_ready() -> tuple[bool, bool]:
    """Whether Redis answers, and whether a worker has shown a sign of life in it."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return True, bool(client.exists(heartbeat.KEY))
    except redis.RedisError:
        return False, False
    finally:
        client.close()


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when all parts answer, otherwise 503; the body names each part."""
    database = database_ready()
    redis_up, worker = redis_and_worker_ready()
    checks = {"database": database, "redis": redis_up, "worker": worker}
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks},
        status=200 if ready else 503,
    )
