from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ShopConfig(AppConfig):
    name = "shop"
    label = "shop"
    verbose_name = "Kaufhaus"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shop import heartbeat  # noqa: PLC0415 - needs the app registry

        heartbeat.connect()
        # pages name every kind of background work, so the web server knows them all too
        autodiscover_modules("tasks")
