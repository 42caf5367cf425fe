from django.apps import AppConfig


class SweepsConfig(AppConfig):
    name = "contracts.sweeps"
    label = "sweeps"
    verbose_name = "Wiederkehrende Arbeiten"
    default_auto_field = "django.db.models.BigAutoField"
