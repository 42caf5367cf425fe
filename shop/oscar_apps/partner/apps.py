from oscar.apps.partner import apps


class PartnerConfig(apps.PartnerConfig):
    """Oscar's partner app with our strategy; stock alerts are not kept."""

    name = "shop.oscar_apps.partner"

    def ready(self) -> None:
        """No receivers: stock is the supplier's business and comes by the API."""
