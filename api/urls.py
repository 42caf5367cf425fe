"""Addresses of the API; version 1 changes by addition only."""

from django.urls import include, path, re_path

from .buyer.urls import urlpatterns as buyer
from .finance.urls import urlpatterns as finance
from .schema.views import docs, openapi_json
from .supplier.urls import urlpatterns as supplier
from .views import UnknownAddress
from .webhooks.urls import urlpatterns as webhooks

app_name = "api"

v1 = [
    path("openapi.json", openapi_json, name="openapi"),
    path("docs/", docs, name="docs"),
    path("supplier/", include(supplier)),
    path("buyer/", include(buyer)),
    path("finance/", include(finance)),
    path("", include(webhooks)),
]

urlpatterns = [
    path("v1/", include(v1)),
    re_path(r"^", UnknownAddress.as_view(), name="unknown"),
]
