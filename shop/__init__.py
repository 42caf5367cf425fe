"""The Django project: settings, URLs, worker, embedded services, Oscar glue."""

from shop.celery import app as celery_app

__all__ = ("celery_app",)
