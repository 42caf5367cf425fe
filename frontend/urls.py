"""Addresses of the pages; every view is guarded by the table in `frontend.access`."""

from django.urls import URLPattern, path

from .access import View, page
from .views import (
    about,
    agreements,
    approvals,
    basket,
    budgets,
    call_off_steps,
    call_offs,
    catalogue,
    feed,
    mailbox,
    requisitions,
    session,
    start,
    uploads,
)

app_name = "frontend"


def _page(route: str, view: View, name: str) -> URLPattern:
    return path(route, page(view), name=name)


urlpatterns: list[URLPattern] = [
    _page("", start.start, "start"),
    _page("anmelden/", session.log_in, "login"),
    _page("anmelden/demo/<slug:key>/", session.demo_log_in, "demo_login"),
    _page("abmelden/", session.log_out, "logout"),
    _page("mitgliedschaft/", session.membership, "membership"),
    _page("katalog/", catalogue.catalogue, "catalogue"),
    _page("katalog/<int:listing_id>/", catalogue.article, "article"),
    _page("bedarfskorb/", basket.basket, "basket"),
    _page("bedarfskorb/hinzufuegen/", basket.basket_add, "basket_add"),
    _page("bedarfskorb/menge/<int:listing_id>/", basket.basket_quantity, "basket_quantity"),
    _page("bedarfskorb/wirkung/", basket.basket_effect, "basket_effect"),
    _page("bedarfskorb/anfordern/", basket.requisition_create, "requisition_create"),
    _page("anforderungen/", requisitions.requisitions, "requisitions"),
    _page("anforderungen/<int:requisition_id>/", requisitions.requisition, "requisition"),
    _page(
        "anforderungen/<int:requisition_id>/bearbeiten/",
        requisitions.requisition_edit,
        "requisition_edit",
    ),
    _page(
        "anforderungen/<int:requisition_id>/einreichen/",
        requisitions.requisition_submit,
        "requisition_submit",
    ),
    _page(
        "anforderungen/<int:requisition_id>/zurueckziehen/",
        requisitions.requisition_withdraw,
        "requisition_withdraw",
    ),
    _page("freigaben/", approvals.approvals, "approvals"),
    _page("freigaben/<int:requisition_id>/entscheiden/", approvals.decide, "decide"),
    _page("abrufe/", call_offs.call_offs, "call_offs"),
    _page("abrufe/<int:call_off_id>/", call_offs.call_off, "call_off"),
    _page(
        "abrufe/<int:call_off_id>/wareneingang/",
        call_off_steps.call_off_receive,
        "call_off_receive",
    ),
    _page(
        "abrufe/<int:call_off_id>/stornieren/", call_off_steps.call_off_cancel, "call_off_cancel"
    ),
    _page(
        "abrufe/<int:call_off_id>/bestaetigen/",
        call_off_steps.call_off_confirm,
        "call_off_confirm",
    ),
    _page("abrufe/<int:call_off_id>/ablehnen/", call_off_steps.call_off_refuse, "call_off_refuse"),
    _page("vereinbarungen/", agreements.agreements, "agreements"),
    _page("vereinbarungen/<int:agreement_id>/", agreements.agreement, "agreement"),
    _page("kataloglieferungen/", uploads.uploads, "uploads"),
    _page("kataloglieferungen/hochladen/", uploads.upload_create, "upload_create"),
    _page("kataloglieferungen/<int:upload_id>/", uploads.upload, "upload"),
    _page("kataloglieferungen/<int:upload_id>/stand/", uploads.upload_progress, "upload_progress"),
    _page("kataloglieferungen/<int:upload_id>/meldungen/", uploads.upload_issues, "upload_issues"),
    _page("kataloglieferungen/<int:upload_id>/einreichen/", uploads.upload_submit, "upload_submit"),
    _page(
        "kataloglieferungen/<int:upload_id>/zurueckziehen/",
        uploads.upload_withdraw,
        "upload_withdraw",
    ),
    _page(
        "kataloglieferungen/<int:upload_id>/veroeffentlichen/",
        uploads.upload_publish,
        "upload_publish",
    ),
    _page("haushalt/", budgets.budgets, "budgets"),
    _page("finanzfeed/", feed.feed, "feed"),
    _page("postfach/", mailbox.mailbox, "mailbox"),
    _page("barrierefreiheit/", about.accessibility, "accessibility"),
    _page("feedback/", about.feedback, "feedback"),
]
