"""What is sent from a page: checked, one domain call, what is said, where to go.

Forms and buttons end in `saved`; a page that is one form is a `form_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from contracts.agreements.refused import FieldRefused
from contracts.files import UnsuitableFile
from contracts.refusals import NotFound, Refusal
from frontend.actor import PageRequest
from frontend.refusals import Alert, explain

Done = TypeVar("Done")


class Part(Protocol):
    """What can be sent: a form, a form set, the quantities of a page."""

    def is_valid(self) -> bool: ...


def sent(request: PageRequest) -> QueryDict | None:
    """What a form is bound to: nothing while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def saved(
    request: PageRequest,
    step: Callable[[], Done],
    *,
    said: str | Callable[[Done], str | None],
    to: str | Callable[[Done], str],
    again: Callable[[Alert | None], HttpResponse],
    parts: Sequence[Part] = (),
    explained: Callable[[Refusal], Alert | None] = explain,
) -> HttpResponse:
    """Make the domain call of what was sent, say so and go on to the address.

    Else the page again: as it is for a GET; with 422, its forms as they were sent, and what the
    domain refuses (or a redirect, where a button stands on a page of others). What does not
    exist for the actor stays a 404. `said` that has more to say than one sentence says it
    itself; `explained` may put a refusal where it belongs.
    """
    if request.method != "POST":
        return again(None)
    refusal = None
    sound = [part.is_valid() for part in parts]  # all of them: every error is named at once
    if all(sound):
        try:
            done = step()
        except Refusal as error:
            refusal = placed(error, parts, explained)
        else:
            if sentence := said(done) if callable(said) else said:
                messages.success(request, sentence)
            return redirect(to(done) if callable(to) else to)
    answer = again(refusal)
    if answer.status_code == 200:
        answer.status_code = 422
    return answer


def placed(
    error: Refusal,
    parts: Sequence[Part],
    explained: Callable[[Refusal], Alert | None] = explain,
) -> Alert | None:
    """Put a refusal about one value at its field; else the words for it above the page."""
    if isinstance(error, NotFound):
        raise error
    sent_forms = [part for part in parts if isinstance(part, forms.BaseForm)]
    if not sent_forms or not isinstance(error, FieldRefused | UnsuitableFile):
        return explained(error)
    owner = next((form for form in sent_forms if error.field in form.fields), None)
    (owner or sent_forms[0]).add_error(error.field if owner else None, str(error))
    return None


def told_at(request: PageRequest, refusal: Alert | None, address: str) -> HttpResponse:
    """Back to the page whose button was refused, with the reasons as a message."""
    if refusal is not None:
        messages.error(request, " ".join(refusal.points))
    return redirect(address)


def form_page(
    request: PageRequest,
    form: forms.Form,
    step: Callable[[], Done],
    *,
    title: str,
    said: str | Callable[[Done], str | None],
    to: str | Callable[[Done], str],
    back: str = "",
    template: str = "form",
    parts: Sequence[Part] = (),
    **context: object,
) -> HttpResponse:
    """A page that is one form; `back` where the way on is no address yet.

    The template reads `lead`, `submit`, `confirm` and `crumbs`; `parts` are checked along.
    """

    def shown(refusal: Alert | None) -> HttpResponse:
        frame = {"title": title, "form": form, "back": back or to, "refusal": refusal}
        return render(request, f"frontend/{template}.html", {**frame, **context})

    if not form.is_bound:  # looked at, or searched in
        return shown(None)
    return saved(request, step, said=said, to=to, again=shown, parts=[form, *parts])
