"""How the schema describes authentication: OAuth 2 client credentials with scopes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ClientTokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.auth.ClientTokenAuthentication"
    name = "clientCredentials"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "oauth2",
            "description": (
                "Zugriffstoken für eine Stunde, mit client_id und client_secret per HTTP Basic "
                "oder im Formular von /oauth/token/ (grant_type=client_credentials)."
            ),
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/oauth/token/",
                    "scopes": settings.OAUTH2_PROVIDER["SCOPES"],
                }
            },
        }

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        return {self.name: [str(auto_schema.view.required_scopes[auto_schema.method])]}
