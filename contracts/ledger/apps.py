from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "contracts.ledger"
    label = "ledger"
    verbose_name = "Kontenbuch"
    default_auto_field = "django.db.models.BigAutoField"
