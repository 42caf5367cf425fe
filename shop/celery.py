"""The Celery application; its settings are the CELERY_* names in shop.settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

app = Celery("kaufhaus")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
