from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "contracts.catalogue"
    label = "supplier_catalogue"
    verbose_name = "Lieferantenkataloge"
    default_auto_field = "django.db.models.BigAutoField"
