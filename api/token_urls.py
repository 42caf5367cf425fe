"""The token endpoint (RFC 6749, client credentials only) and revocation (RFC 7009).

Their errors have the form of RFC 6749, not that of problem documents.
"""

from django.urls import path
from oauth2_provider.views import RevokeTokenView, TokenView

app_name = "oauth"

urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("revoke/", RevokeTokenView.as_view(), name="revoke"),
]
