"""A page that is one form: shown, sent again with its errors, or saved and left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.formsets import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from contracts.agreements.models import FrameworkAgreement
from frontend.actor import PageRequest
from frontend.saving import attempt


class FormPage:
    """One form about an agreement, with its title and the context of its template."""

    def __init__(self, request: PageRequest, title: str, context: Mapping[str, Any]) -> None:
        self.request = request
        self.title = title
        self.context = context

    def saved(
        self,
        form: forms.Form,
        step: Callable[[], object],
        outcome: str,
        *,
        lead: str = "",
        template: str = "form",
        more: forms.Form | None = None,
        tiers: BaseFormSet[Any] | None = None,
        to: str = "agreement",
    ) -> HttpResponse:
        """Make the domain call of a valid form and go on; else show the form (422)."""
        refusal = None
        parts = [part for part in (form, more, tiers) if part is not None]
        sound = [part.is_valid() for part in parts]  # all of them: every error is named at once
        if form.is_bound and all(sound):
            done, refusal = attempt(form, step)
            if done is not None:
                messages.success(self.request, outcome)
                return redirect(f"frontend:{to}", agreement_id=self._agreement_id(done))
        context = {
            **self.context,
            "title": self.title,
            "lead": lead,
            "form": form,
            "more": more,
            "tiers": tiers,
            "refusal": refusal,
        }
        status = 422 if form.is_bound else 200
        address = f"frontend/agreements/{template}.html"
        return render(self.request, address, context, status=status)

    def _agreement_id(self, done: object) -> int:
        row = self.context.get("agreement", done)
        assert isinstance(row, FrameworkAgreement)  # noqa: S101 - every page but one names it
        return row.pk
