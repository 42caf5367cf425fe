"""All addresses of the house: health, API, pages."""

from django.urls import include, path

from shop import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include("api.urls")),
    path("oauth/", include("api.token_urls")),
    path("", include("frontend.urls")),
]
