"""The product's settings, with static files unhashed as in the stock project beside it."""

from shop.settings import *  # noqa: F403 - the product as it is

STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
