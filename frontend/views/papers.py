"""Attachments and comments of a requisition: add, download, withdraw, write."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.downloads import file_download
from frontend.forms.papers import AttachmentForm, CommentForm
from frontend.presenters.papers import Papers, papers_of
from frontend.refusals import Alert, explain
from frontend.saving import attempt
from orders.errors import NotFound
from orders.models import Requisition
from orders.requisitions import papers as domain
from orders.requisitions import visible_requisitions


@require_POST
def requisition_attach(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Add a file."""
    requisition = _visible(request, requisition_id)
    form = AttachmentForm(request.POST, request.FILES)
    refusal = None
    if form.is_valid():
        done, refusal = attempt(
            form,
            lambda: domain.attach(
                requisition_id=requisition.pk, new=form.new, by=request.actor, now=timezone.now()
            ),
        )
        if done is not None:
            messages.success(request, f"Die Anlage „{done.title}“ ist hinzugefügt.")
            return redirect(f"{_back(request, requisition)}#anlagen")
    shown = papers_of(requisition, request.actor, attachment_form=form)
    return _page(request, requisition, shown, refusal)


def requisition_attachment(
    request: PageRequest, requisition_id: int, attachment_id: int
) -> HttpResponse:
    """The file, always as a download and never as a page of ours."""
    found = (
        domain.visible_attachments(request.actor)
        .filter(pk=attachment_id, requisition_id=requisition_id)
        .first()
    )
    if found is None:
        raise Http404
    return file_download(found.filename, bytes(found.content), found.media_type)


@require_POST
def requisition_attachment_withdraw(
    request: PageRequest, requisition_id: int, attachment_id: int
) -> HttpResponse:
    """Take a file back."""
    requisition = _visible(request, requisition_id)
    own = domain.visible_attachments(request.actor).filter(
        requisition=requisition, pk=attachment_id
    )
    if not own.exists():
        raise Http404
    try:
        domain.withdraw_attachment(
            attachment_id=attachment_id, by=request.actor, now=timezone.now()
        )
    except NotFound:
        raise
    except Refusal as error:
        return _page(request, requisition, papers_of(requisition, request.actor), explain(error))
    messages.success(request, "Die Anlage ist zurückgezogen.")
    return redirect(f"{_back(request, requisition)}#anlagen")


@require_POST
def requisition_comment(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Write a remark."""
    requisition = _visible(request, requisition_id)
    form = CommentForm(request.POST)
    refusal = None
    if form.is_valid():
        done, refusal = attempt(
            form,
            lambda: domain.comment(
                requisition_id=requisition.pk,
                text=form.cleaned_data["text"],
                by=request.actor,
                now=timezone.now(),
            ),
        )
        if done is not None:
            messages.success(request, "Der Kommentar ist hinzugefügt.")
            return redirect(f"{_back(request, requisition)}#kommentare")
    return _page(
        request, requisition, papers_of(requisition, request.actor, comment_form=form), refusal
    )


def _visible(request: PageRequest, requisition_id: int) -> Requisition:
    requisition = visible_requisitions(request.actor).filter(pk=requisition_id).first()
    if requisition is None:
        raise Http404
    return requisition


def _back(request: PageRequest, requisition: Requisition) -> str:
    """Where the form was sent from (the page to decide on shows it too), if it is ours."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return reverse("frontend:requisition", args=[requisition.pk])


def _page(
    request: PageRequest, requisition: Requisition, papers: Papers, refusal: Alert | None
) -> HttpResponse:
    """What was refused, with the input kept; other pages show the same part in passing."""
    context = {
        "requisition": requisition,
        "papers": papers,
        "refusal": refusal,
        "next": _back(request, requisition),
        "crumbs": [
            {"label": "Anforderungen", "url": reverse("frontend:requisitions")},
            {
                "label": requisition.number,
                "url": reverse("frontend:requisition", args=[requisition.pk]),
            },
            {"label": "Anlagen und Kommentare", "url": ""},
        ],
    }
    return render(request, "frontend/requisitions/papers_page.html", context, status=422)
