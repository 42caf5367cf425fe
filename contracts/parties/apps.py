from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "contracts.parties"
    label = "parties"
    verbose_name = "Beteiligte"
    default_auto_field = "django.db.models.BigAutoField"
