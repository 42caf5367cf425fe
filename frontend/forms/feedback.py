"""Telling us about a barrier."""

from __future__ import annotations

from django import forms


class FeedbackForm(forms.Form):
    """What is in the way, where, and whom to answer."""

    message = forms.CharField(
        label="Was ist Ihnen aufgefallen?", max_length=4000, widget=forms.Textarea
    )
    page = forms.CharField(label="Auf welcher Seite?", max_length=250, required=False)
    email = forms.EmailField(
        label="E-Mail-Adresse für eine Antwort",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
