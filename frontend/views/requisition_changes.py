"""From a form to the next revision: what was read, what it would do, what came in between."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from contracts.digits import whole
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.addresses import crumbs_of
from frontend.presenters.difference import DifferenceText, told
from frontend.refusals import Alert, explain
from orders import requisitions as domain
from orders.errors import NotFound, StaleRevision
from orders.models import Requisition, RequisitionLine
from orders.requisitions.drafting import Draft, draft_of


class NotEditable(Exception):
    """The actor can't edit it now; the text says why."""


class Change:
    """One change of a requisition: the revision it starts from, and what became of it.

    `base` is the revision that was read. Where another came in between, `between` tells what
    it changed; nothing is saved then, and sending again starts from the new one. In approval
    nothing is saved before the page has said what happens to the signatures (`foresight`).
    """

    def __init__(self, request: PageRequest, requisition_id: int) -> None:
        self.request = request
        self.now = timezone.now()
        rows = domain.visible_requisitions(request.actor).select_related("school", "authority")
        requisition = get_object_or_404(rows, pk=requisition_id)
        if reason := domain.why_not_editable(requisition, request.actor):
            raise NotEditable(reason)
        self.requisition: Requisition = requisition
        self.lines: list[RequisitionLine] = domain.current_lines(requisition)
        self.old: Draft = draft_of(self.lines)
        sent = request.POST.get("base", "")
        # what is no number is no revision either: the form is shown beside the current one
        self.base = (whole(sent) or 0) if sent else requisition.current_revision
        self.refusal: Alert | None = None
        self.foresight: domain.Foresight | None = None
        self.confirmation = ""
        self.between: DifferenceText | None = self._between()

    @property
    def is_stale(self) -> bool:
        """Whether another revision came between reading and sending."""
        return self.base != self.requisition.current_revision

    def _between(self) -> DifferenceText | None:
        if not self.is_stale:
            return None
        self.refusal = explain(
            StaleRevision(
                f"Inzwischen gibt es Fassung {self.requisition.current_revision}; Sie haben "
                f"Fassung {self.base} bearbeitet. Ihre Eingaben stehen unten und sind nicht "
                "gespeichert."
            )
        )
        try:
            return told(
                domain.difference(
                    self.requisition, before=self.base, after=self.requisition.current_revision
                )
            )
        except NotFound:  # a number that was never a revision
            return None

    def save(self, draft: Draft) -> bool:
        """Write the next revision; False leaves a refusal or a foresight to show.

        Raises StaleRevision when another revision came in this very moment.
        """
        asked: dict[str, Any] = {
            "requisition_id": self.requisition.pk,
            "base_revision": self.base,
            "ask": draft.ask,
            "wanted": draft.wanted,
            "by": self.request.actor,
            "now": self.now,
        }
        try:
            if not self._is_confirmed(draft):
                self.foresight = domain.foresee(**asked)
                if self.foresight is not None:
                    return False
            revision = domain.revise(**asked)
        except StaleRevision:
            raise
        except NotFound as error:
            raise Http404 from error
        except Refusal as error:
            self.refusal = explain(error)
            return False
        messages.success(self.request, self._outcome(revision.number))
        return True

    def _is_confirmed(self, draft: Draft) -> bool:
        """Whether the page has said what this very change does, and was sent again."""
        self.confirmation = hashlib.sha256(repr(draft).encode()).hexdigest()[:16]
        return self.request.POST.get("bestaetigt") == self.confirmation

    def _outcome(self, number: int) -> str:
        before = self.requisition.submitted_revision
        self.requisition.refresh_from_db()
        if self.requisition.state != "submitted":
            return f"Fassung {number} ist gespeichert."
        if self.requisition.submitted_revision == before:
            return f"Fassung {number} ist gespeichert; die Unterschriften gelten weiter."
        return f"Fassung {number} ist gespeichert; die Freigabe beginnt von vorn."

    def context(self, here: str) -> Mapping[str, Any]:
        """What every page of a change shows; *here* ends the way to it."""
        return {
            "requisition": self.requisition,
            "change": self,
            "base": self.requisition.current_revision,
            "refusal": self.refusal,
            "crumbs": crumbs_of(self.requisition, here),
        }

    @property
    def status(self) -> int:
        """422 for what was sent and not saved, unless it only waits for a yes."""
        return 422 if self.request.method == "POST" and self.foresight is None else 200


def not_editable(request: PageRequest, requisition_id: int, error: NotEditable) -> HttpResponse:
    """Back to the requisition, with the reason."""
    messages.error(request, str(error))
    return redirect("frontend:requisition", requisition_id=requisition_id)
