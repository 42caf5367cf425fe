from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    label = "shop"
    verbose_name = "Kaufhaus"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shop import heartbeat  # noqa: PLC0415 - needs the app registry

        heartbeat.connect()
