"""A stock Oscar project: its own apps, middleware, templates and defaults."""

import os

import oscar
from oscar.defaults import *  # noqa: F403 - Oscar's own way of giving its defaults

from shop.environment import database_from_url

SECRET_KEY = "only-for-benchmarks"  # noqa: S105 - a throw-away project
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
SITE_ID = 1
ALLOWED_HOSTS = ["testserver"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "benchmarks.peer.urls"
STATIC_URL = "/static/"
MEDIA_ROOT = os.environ.get("BENCH_MEDIA", "")
DATABASES = {
    "default": {**database_from_url(os.environ["BENCH_DATABASE_URL"]), "CONN_MAX_AGE": None}
}
INSTALLED_APPS = [*oscar.INSTALLED_APPS, "sorl.thumbnail"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ],
        },
    },
]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
OSCAR_INITIAL_ORDER_STATUS = "Pending"
OSCAR_INITIAL_LINE_STATUS = "Pending"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
