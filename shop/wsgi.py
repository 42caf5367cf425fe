"""WSGI entry point for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

application = get_wsgi_application()

# What the start has made lives as long as the process: the collector need not look at it again,
# and workers forked from here share it.
gc.collect()
gc.freeze()
