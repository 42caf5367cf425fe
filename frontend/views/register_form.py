"""A page that is one form: shown, sent again with its errors (422), or saved and left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from frontend.actor import PageRequest
from frontend.saving import attempt


def sent(request: PageRequest) -> Any:
    """What a form is bound to: nothing while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def saved(
    request: PageRequest,
    form: forms.Form,
    step: Callable[[], object],
    *,
    title: str,
    outcome: str,
    to: str,
    lead: str = "",
    template: str = "gates/form",
    **more: object,
) -> HttpResponse:
    """Make the domain call of a valid form and go on to the page *to*; else show the form."""
    refusal = None
    if form.is_bound and form.is_valid():
        done, refusal = attempt(form, step)
        if done is not None:
            messages.success(request, outcome)
            return redirect(f"frontend:{to}")
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "refusal": refusal,
        "back": f"frontend:{to}",
        **more,
    }
    status = 422 if form.is_bound else 200
    return render(request, f"frontend/{template}.html", context, status=status)
