"""Addresses for managing webhooks."""

from django.urls import path

from .views import DeliveryList, DeliveryReplay, EndpointDetail, EndpointList, EndpointRotate

_ONE = "webhooks/<int:endpoint_id>"

urlpatterns = [
    path("webhooks", EndpointList.as_view(), name="webhooks"),
    path(_ONE, EndpointDetail.as_view(), name="webhook"),
    path(f"{_ONE}:rotate-secret", EndpointRotate.as_view(), name="webhook-rotate-secret"),
    path(f"{_ONE}/deliveries", DeliveryList.as_view(), name="webhook-deliveries"),
    path(
        f"{_ONE}/deliveries/<slug:message_id>:replay",
        DeliveryReplay.as_view(),
        name="webhook-delivery-replay",
    ),
]
