"""Logging in."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class LoginForm(AuthenticationForm):
    """E-mail address and password; addresses are stored in lower case."""

    username = forms.EmailField(
        label="E-Mail-Adresse", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    error_messages = {  # noqa: RUF012 - Django's way of giving messages
        "invalid_login": "E-Mail-Adresse und Passwort passen nicht zusammen.",
        "inactive": "Dieses Konto ist gesperrt.",
    }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()
