"""The product's settings on servers of the test run's own (var/test)."""

import os
from pathlib import Path

REDIS_DATABASES = 16
_ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("KAUFHAUS_VAR", str(_ROOT / "var" / "test"))
os.environ["KAUFHAUS_TESTING"] = "1"
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)

if "REDIS_URL" not in os.environ:
    from shop.environment import var_dir
    from shop.services.addresses import addresses

    # Each test process has a number of its own in Redis; 0 belongs to the demo.
    number = 1 + os.getpid() % (REDIS_DATABASES - 1)
    os.environ["REDIS_URL"] = addresses(var_dir()).redis_url.replace("db=0", f"db={number}")

from shop.settings import *  # noqa: E402, F403 - reads the environment set above

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files come straight from their folders, nothing is collected.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
