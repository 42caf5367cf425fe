"""Requests per client and time window, counted in Redis.

Headers after draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` says what holds,
`RateLimit` what is left.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from .auth import Grant


@dataclass(frozen=True, slots=True)
class Rate:
    """Where a client stands: requests allowed and left, seconds to the next window."""

    limit: int
    window: int
    left: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={self.window}',
            "RateLimit": f'"default";r={self.left};t={self.reset}',
        }


class ClientThrottle(BaseThrottle):
    """A fixed window per client; `settings.API_RATE_LIMIT` is "requests/seconds"."""

    rate: Rate

    def allow_request(self, request: Request, _view: Any) -> bool:
        limit, window = (int(part) for part in settings.API_RATE_LIMIT.split("/"))
        now = time.time()
        number = int(now // window)
        key = f"api-rate:{self._who(request)}:{number}"
        # The window's number is in the key, so the entry outlives every use of it.
        cache.add(key, 0, timeout=2 * window)
        try:
            used = cache.incr(key)
        except ValueError:  # the cache was emptied in between
            cache.set(key, 1, timeout=2 * window)
            used = 1
        self.rate = Rate(
            limit=limit,
            window=window,
            left=max(limit - used, 0),
            reset=max(1, int((number + 1) * window - now)),
        )
        request.rate = self.rate
        return used <= limit

    def wait(self) -> float:
        return float(self.rate.reset)

    def _who(self, request: Request) -> str:
        if isinstance(request.auth, Grant):
            return f"client-{request.auth.client.pk}"
        return f"address-{self.get_ident(request)}"
