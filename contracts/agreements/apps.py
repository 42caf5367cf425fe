from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "contracts.agreements"
    label = "agreements"
    verbose_name = "Rahmenvereinbarungen"
    default_auto_field = "django.db.models.BigAutoField"
