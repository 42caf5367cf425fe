"""Settings of the project; everything that differs by machine comes from the environment.

Without DATABASE_URL the addresses of the embedded servers are used, so that manage.py
works beside a running demo. KAUFHAUS_DB_ROLE=owner connects as the owner of the schema
(migrations); everything else connects as the role that owns nothing.
"""

import os
from pathlib import Path

from oscar.defaults import *  # noqa: F403 - Oscar's own way of giving its defaults

from shop.environment import (
    broker_from_redis_url,
    database_from_url,
    flag,
    secret_key,
    var_dir,
    words,
)
from shop.services.addresses import addresses

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = var_dir()
EMBEDDED = addresses(VAR_DIR)

DEMO = flag("DEMO")
DEBUG = flag("DEBUG")
TESTING = flag("KAUFHAUS_TESTING")
_APP_URL = os.environ.get("DATABASE_URL") or EMBEDDED.database_url
ON_EMBEDDED_SERVERS = os.environ.get("DATABASE_URL", "") in {"", EMBEDDED.database_url}
SELF_HOSTED = ON_EMBEDDED_SERVERS or DEMO or TESTING
HTTPS = flag("HTTPS", default=not (SELF_HOSTED or DEBUG))

SECRET_KEY = secret_key(may_generate=SELF_HOSTED)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# Mails lead here; they are written where no request tells the address.
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "contracts.parties.apps.PartiesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    # Oscar's migrations need these two; no page of theirs is served.
    "django.contrib.sites",
    "django.contrib.flatpages",
    "contracts.audit.apps.AuditConfig",
    "contracts.sweeps.apps.SweepsConfig",
    "contracts.ledger.apps.LedgerConfig",
    "contracts.agreements.apps.AgreementsConfig",
    "contracts.catalogue.apps.CatalogueConfig",
    "orders.apps.OrdersConfig",
    "api.apps.ApiConfig",
    "frontend.apps.FrontendConfig",
    "shop.apps.ShopConfig",
    # Oscar: used apps, then the ones asleep (models only). See shop/oscar_apps. Left out:
    # oscar.config.Shop (templates, tags), dashboards, search, wish lists.
    "oscar.apps.address.apps.AddressConfig",
    "shop.oscar_apps.configs.CatalogueConfig",
    "shop.oscar_apps.partner.apps.PartnerConfig",
    "shop.oscar_apps.configs.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "shop.oscar_apps.configs.CheckoutConfig",
    "shop.oscar_apps.configs.AnalyticsConfig",
    "shop.oscar_apps.configs.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "shop.oscar_apps.configs.OfferConfig",
    "shop.oscar_apps.configs.CustomerConfig",
    "shop.oscar_apps.configs.VoucherConfig",
    "treebeard",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "django_htmx",
]

MIDDLEWARE = [
    "shop.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shop.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "frontend.actor.ActorMiddleware",
    "shop.middleware.CollisionMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.page_context",
            ],
        },
    },
]

# Database ---------------------------------------------------------------------

DB_ROLE = os.environ.get("KAUFHAUS_DB_ROLE", "app")
_OWNER_URL = os.environ.get("DATABASE_OWNER_URL") or (
    EMBEDDED.database_owner_url if ON_EMBEDDED_SERVERS else _APP_URL
)
DATABASES = {
    "default": {
        **database_from_url(_OWNER_URL if DB_ROLE == "owner" else _APP_URL),
        "CONN_MAX_AGE": int(os.environ.get("CONN_MAX_AGE", "60")),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    },
}
# Only the ledger's statements bind on the server; those are prepared when they repeat.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The overridden Oscar apps bring no migrations of their own: upgrades of Oscar bring theirs.
MIGRATION_MODULES = {"partner": "oscar.apps.partner.migrations"}

# Users and sessions ------------------------------------------------------------

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["frontend.actor.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/anmelden/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"

# Transport ----------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

# Language, time, place --------------------------------------------------------------

LANGUAGE_CODE = "de"
# German only until the pages are translated: half-English pages help nobody.
LANGUAGES = [("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_I18N = True
SITE_ID = 1

# Files -------------------------------------------------------------------------------

# Only our own files and the fetched assets: Oscar's would cost half a minute to compress.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
ASSETS_DIR = Path(os.environ.get("KAUFHAUS_ASSETS") or BASE_DIR / "var" / "assets")
STATICFILES_DIRS = [
    folder
    for folder in (BASE_DIR / "frontend" / "static", BASE_DIR / "api" / "static", ASSETS_DIR)
    if folder.is_dir()
]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING or DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Redis: cache, worker ------------------------------------------------------------------

REDIS_URL = os.environ.get("REDIS_URL", EMBEDDED.redis_url)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kaufhaus",
    },
}
CELERY_BROKER_URL = broker_from_redis_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Runs that queue up behind a slow one (a mail server, an endpoint) are dropped: they would
    # find the same work, and keep the feed waiting.
    "sweep-outbox": {
        "task": "orders.tasks.sweep_outbox",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sequence-feeds": {
        "task": "orders.tasks.sequence_feeds",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "sweep-uploads": {
        "task": "contracts.catalogue.tasks.sweep_uploads",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "forget-answers": {"task": "api.tasks.forget_old_answers", "schedule": 86_400.0},
    "send-webhooks": {
        "task": "api.tasks.send_webhooks",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "forget-deliveries": {"task": "api.tasks.forget_old_deliveries", "schedule": 86_400.0},
    "watch-deadlines": {"task": "orders.tasks.watch_deadlines", "schedule": 900.0},
    "expire-requisitions": {"task": "orders.tasks.expire_requisitions", "schedule": 300.0},
    "check-policies": {"task": "orders.tasks.check_policies", "schedule": 86_400.0},
    "review-caps": {"task": "orders.tasks.review_caps", "schedule": 60.0},
    "end-agreements": {"task": "contracts.agreements.tasks.end_agreements", "schedule": 3600.0},
    "time-out-call-offs": {"task": "orders.tasks.time_out_call_offs", "schedule": 900.0},
}

# Mail ------------------------------------------------------------------------------------

EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if SELF_HOSTED
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_TIMEOUT = int(os.environ.get("EMAIL_TIMEOUT", "20"))
"""Seconds; without them a mail server that never answers would keep the worker for ever."""
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "kaufhaus@example.org")

# API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.auth.ClientTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.auth.HasScope", "api.auth.HasRole"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.ClientThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsing.TextParser"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.operations.DocumentedOperation",
    "EXCEPTION_HANDLER": "api.errors.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
# Requests per client and seconds of the window they are counted in.
API_RATE_LIMIT = os.environ.get("API_RATE_LIMIT", "600/60")
# Webhooks go to https and public addresses only; the demo may also tell this machine.
WEBHOOK_ALLOW_HTTP = flag("WEBHOOK_ALLOW_HTTP", default=DEMO)
WEBHOOK_ALLOWED_NETWORKS = words("WEBHOOK_ALLOWED_NETWORKS", default="127.0.0.1/32" if DEMO else "")
# Keys tell by their beginning where they work.
API_KEY_PREFIX = "kh_test_" if SELF_HOSTED else "kh_live_"
SPECTACULAR_SETTINGS = {
    "TITLE": "Kaufhaus API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/oauth/token/",
    "WEBHOOKS": ["api.webhooks.schema.REQUISITION_CHANGED"],
    "ENUM_NAME_OVERRIDES": {"RequisitionEvent": "api.webhooks.shapes.TYPES"},
}
# Named because our clients' migration depends on it.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "catalogue:read": "Kataloge lesen",
        "catalogue:write": "Kataloge ändern",
        "orders:read": "Anforderungen und Abrufe lesen",
        "orders:write": "Anforderungen stellen; Abrufe bestätigen und liefern",
        "finance:read": "Haushaltsdaten lesen",
        "finance:write": "Haushaltsdaten ändern",
    },
    "SCOPES_BACKEND_CLASS": "api.scopes.ClientScopes",
    # Knows the client credentials grant and no other.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "PKCE_REQUIRED": True,
}

# Oscar: what differs from its defaults ---------------------------------------------------

OSCAR_SHOP_NAME = "Kaufhaus"
OSCAR_HOMEPAGE = "/"
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_EAGER_ALERTS = False
OSCAR_DELETE_IMAGE_FILES = False
OSCAR_SEND_REGISTRATION_EMAIL = False
OSCAR_FROM_EMAIL = DEFAULT_FROM_EMAIL
OSCAR_DASHBOARD_NAVIGATION: list[dict[str, str]] = []
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"

# Logging ---------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
