"""Attachments and comments of a requisition: add, download, withdraw, write."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from frontend.actor import PageRequest
from frontend.addresses import at, came_from, crumbs_of
from frontend.downloads import file_download
from frontend.forms.papers import AttachmentForm, CommentForm
from frontend.presenters.papers import papers_of
from frontend.refusals import Alert
from frontend.saving import saved
from orders.models import Requisition
from orders.requisitions import papers as domain
from orders.requisitions import visible_requisitions


@require_POST
def requisition_attach(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Add a file."""
    requisition = _visible(request, requisition_id)
    form = AttachmentForm(request.POST, request.FILES)
    return saved(
        request,
        lambda: domain.attach(
            requisition_id=requisition.pk, new=form.new, by=request.actor, now=timezone.now()
        ),
        parts=[form],
        said=lambda made: f"Die Anlage „{made.title}“ ist hinzugefügt.",
        to=f"{_back(request, requisition)}#anlagen",
        again=lambda refusal: _page(request, requisition, refusal, attachment_form=form),
    )


def requisition_attachment(
    request: PageRequest, requisition_id: int, attachment_id: int
) -> HttpResponse:
    """The file, always as a download and never as a page of ours."""
    found = get_object_or_404(
        domain.visible_attachments(request.actor), pk=attachment_id, requisition_id=requisition_id
    )
    return file_download(found.filename, bytes(found.content), found.media_type)


@require_POST
def requisition_attachment_withdraw(
    request: PageRequest, requisition_id: int, attachment_id: int
) -> HttpResponse:
    """Take a file back."""
    requisition = _visible(request, requisition_id)
    get_object_or_404(
        domain.visible_attachments(request.actor), pk=attachment_id, requisition=requisition
    )
    return saved(
        request,
        lambda: domain.withdraw_attachment(
            attachment_id=attachment_id, by=request.actor, now=timezone.now()
        ),
        said="Die Anlage ist zurückgezogen.",
        to=f"{_back(request, requisition)}#anlagen",
        again=lambda refusal: _page(request, requisition, refusal),
    )


@require_POST
def requisition_comment(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Write a remark."""
    requisition = _visible(request, requisition_id)
    form = CommentForm(request.POST)
    return saved(
        request,
        lambda: domain.comment(
            requisition_id=requisition.pk,
            text=form.cleaned_data["text"],
            by=request.actor,
            now=timezone.now(),
        ),
        parts=[form],
        said="Der Kommentar ist hinzugefügt.",
        to=f"{_back(request, requisition)}#kommentare",
        again=lambda refusal: _page(request, requisition, refusal, comment_form=form),
    )


def _visible(request: PageRequest, requisition_id: int) -> Requisition:
    return get_object_or_404(visible_requisitions(request.actor), pk=requisition_id)


def _back(request: PageRequest, requisition: Requisition) -> str:
    """Where the form was sent from: the page to decide on shows it too."""
    return came_from(request, at("requisition", requisition.pk))


def _page(
    request: PageRequest,
    requisition: Requisition,
    refusal: Alert | None,
    *,
    attachment_form: AttachmentForm | None = None,
    comment_form: CommentForm | None = None,
) -> HttpResponse:
    """What was refused, with the input kept; other pages show the same part in passing."""
    context = {
        "requisition": requisition,
        "papers": papers_of(
            requisition,
            request.actor,
            attachment_form=attachment_form,
            comment_form=comment_form,
        ),
        "refusal": refusal,
        "next": _back(request, requisition),
        "crumbs": crumbs_of(requisition, "Anlagen und Kommentare"),
    }
    return render(request, "frontend/requisitions/papers_page.html", context)
