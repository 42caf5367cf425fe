"""Clients, stored answers and webhooks."""

from .client import ApiClient, IdempotencyRecord
from .webhook import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiClient",
    "DeliveryState",
    "IdempotencyRecord",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
