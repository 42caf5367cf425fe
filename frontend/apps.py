from django.apps import AppConfig


class FrontendConfig(AppConfig):
    name = "frontend"
    label = "frontend"
    verbose_name = "Oberfläche"
    default_auto_field = "django.db.models.BigAutoField"
