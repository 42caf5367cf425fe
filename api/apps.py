from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    label = "api"
    verbose_name = "Schnittstelle"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers how the schema describes our authentication.
        from .schema import security  # noqa: F401, PLC0415

        # Registers webhooks with what the operator sees failing.
        from .webhooks import failing  # noqa: F401, PLC0415
