from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    label = "orders"
    verbose_name = "Bestellwesen"
    default_auto_field = "django.db.models.BigAutoField"
