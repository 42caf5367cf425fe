"""Where the pages are that mails lead to, as absolute addresses (`SITE_URL`).

The ordering side knows no HTTP; that these addresses open the right pages is tested in
tests/integration/pages/test_mail_links.py.
"""

from __future__ import annotations

from django.conf import settings


def requisition(requisition_id: int) -> str:
    """The page of a requisition."""
    return _absolute(f"/anforderungen/{requisition_id}/")


def decision(requisition_id: int, delegation_id: int | None = None) -> str:
    """The page on which to read and confirm; opening it decides nothing."""
    deputy = f"?fuer={delegation_id}" if delegation_id is not None else ""
    return _absolute(f"/freigaben/{requisition_id}/{deputy}")


def sitting(requisition_id: int) -> str:
    """The page on which the sitting of a committee is noted."""
    return _absolute(f"/anforderungen/{requisition_id}/sitzung/")


def call_off(call_off_id: int) -> str:
    """The page of a call-off."""
    return _absolute(f"/abrufe/{call_off_id}/")


def agreement(agreement_id: int) -> str:
    """The page of a framework agreement."""
    return _absolute(f"/vereinbarungen/{agreement_id}/")


def delegations() -> str:
    """The page of the substitutions."""
    return _absolute("/vertretungen/")


def policy() -> str:
    """The page of the approval policy."""
    return _absolute("/freigaberegelung/")


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
