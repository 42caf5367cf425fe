"""Addresses of the pages; every view is guarded by the table in `frontend.access`."""

from django.urls import URLPattern, path

from .access import View, page
from .views import (
    about,
    agreement_buyers,
    agreement_documents,
    agreement_items,
    agreement_records,
    agreement_relations,
    agreement_write,
    agreements,
    allocation,
    approval_record,
    approvals,
    basket,
    budgets,
    bundles,
    call_off_steps,
    call_offs,
    catalogue,
    decide,
    decide_many,
    delegations,
    failures,
    feed,
    gates,
    mailbox,
    modifications,
    papers,
    policy,
    policy_people,
    policy_simulation,
    price_changes,
    price_sheets,
    prices,
    quick_order,
    reorder,
    requisition_edit,
    requisition_revisions,
    requisitions,
    session,
    shopping_lists,
    sitting,
    standards,
    start,
    successors,
    uploads,
)

app_name = "frontend"


def _page(route: str, view: View, name: str) -> URLPattern:
    return path(route, page(view), name=name)


def _requisition(route: str, view: View, name: str) -> URLPattern:
    return _page(f"anforderungen/<int:requisition_id>/{route}", view, name)


def _agreement(route: str, view: View, name: str) -> URLPattern:
    return _page(f"vereinbarungen/<int:agreement_id>/{route}", view, name)


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
    _page("schnellerfassung/", quick_order.quick_order, "quick_order"),
    _page("schnellerfassung/uebernehmen/", quick_order.quick_order_take, "quick_order_take"),
    _page("schnellerfassung/anhaengen/", quick_order.quick_order_append, "quick_order_append"),
    _page("schnellerfassung/offen/", quick_order.quick_order_rest, "quick_order_rest"),
    _page("merklisten/", shopping_lists.shopping_lists, "shopping_lists"),
    _page("merklisten/neu/", shopping_lists.shopping_list_create, "shopping_list_create"),
    _page("merklisten/hinzufuegen/", shopping_lists.shopping_list_add, "shopping_list_add"),
    _page("merklisten/<int:list_id>/", shopping_lists.shopping_list, "shopping_list"),
    _page(
        "merklisten/<int:list_id>/bearbeiten/",
        shopping_lists.shopping_list_edit,
        "shopping_list_edit",
    ),
    _page(
        "merklisten/<int:list_id>/loeschen/",
        shopping_lists.shopping_list_retire,
        "shopping_list_retire",
    ),
    _page(
        "merklisten/<int:list_id>/mengen/",
        shopping_lists.shopping_list_quantities,
        "shopping_list_quantities",
    ),
    _page(
        "merklisten/<int:list_id>/uebernehmen/",
        shopping_lists.shopping_list_take,
        "shopping_list_take",
    ),
    _page(
        "merklisten/<int:list_id>/nachfolger/<int:listing_id>/",
        shopping_lists.shopping_list_successor,
        "shopping_list_successor",
    ),
    _page("anforderungen/<int:requisition_id>/nachbestellen/", reorder.reorder, "reorder"),
    _page("anforderungen/", requisitions.requisitions, "requisitions"),
    _page("anforderungen/<int:requisition_id>/", requisitions.requisition, "requisition"),
    _requisition(
        "fassungen/", requisition_revisions.requisition_revisions, "requisition_revisions"
    ),
    _requisition("bearbeiten/", requisition_edit.requisition_edit, "requisition_edit"),
    _requisition(
        "zeilen/hinzufuegen/", requisition_edit.requisition_line_add, "requisition_line_add"
    ),
    _requisition(
        "zeilen/<int:line_no>/aufteilen/",
        requisition_edit.requisition_line_split,
        "requisition_line_split",
    ),
    _requisition("lieferorte/", requisition_edit.requisition_places, "requisition_places"),
    _requisition("kontierung/", requisition_edit.requisition_shares, "requisition_shares"),
    _requisition("uebergeben/", requisitions.requisition_hand_over, "requisition_hand_over"),
    _requisition("zurueckholen/", requisitions.requisition_recall, "requisition_recall"),
    _requisition("zurueckgeben/", requisitions.requisition_hand_back, "requisition_hand_back"),
    _requisition("einreichen/", requisitions.requisition_submit, "requisition_submit"),
    _requisition("zurueckziehen/", requisitions.requisition_withdraw, "requisition_withdraw"),
    _requisition("anlagen/", papers.requisition_attach, "requisition_attach"),
    _requisition(
        "anlagen/<int:attachment_id>/", papers.requisition_attachment, "requisition_attachment"
    ),
    _requisition(
        "anlagen/<int:attachment_id>/zurueckziehen/",
        papers.requisition_attachment_withdraw,
        "requisition_attachment_withdraw",
    ),
    _requisition("kommentare/", papers.requisition_comment, "requisition_comment"),
    _requisition("freigabevermerk/", approval_record.approval_record, "approval_record"),
    _requisition("freigabevermerk.pdf", approval_record.approval_record_pdf, "approval_record_pdf"),
    _page("freigaben/", approvals.approvals, "approvals"),
    _page("freigaben/sammel/", decide_many.decide_many, "decide_many"),
    _page("freigaben/<int:requisition_id>/", decide.decide, "decide"),
    _page("freigaberegelung/", policy.policy, "policy"),
    _page("freigaberegelung/bearbeiten/", policy.policy_edit, "policy_edit"),
    _page("freigaberegelung/<int:policy_id>/bestaetigen/", policy.policy_confirm, "policy_confirm"),
    _page("freigaberegelung/<int:policy_id>/verwerfen/", policy.policy_withdraw, "policy_withdraw"),
    _page("freigaberegelung/pruefen/", policy_simulation.policy_simulation, "policy_simulation"),
    _page("freigaberegelung/personen/", policy_people.policy_people, "policy_people"),
    _page(
        "freigaberegelung/personen/<int:membership_id>/grenze/",
        policy_people.signing_limit,
        "signing_limit",
    ),
    _page(
        "freigaberegelung/personen/<int:membership_id>/beenden/",
        policy_people.membership_end,
        "membership_end",
    ),
    _page(
        "anforderungen/<int:requisition_id>/sitzung/",
        sitting.requisition_sitting,
        "requisition_sitting",
    ),
    _page("vertretungen/", delegations.delegations, "delegations"),
    _page("vertretungen/einrichten/", delegations.delegation_create, "delegation_create"),
    _page(
        "vertretungen/<int:delegation_id>/aufheben/",
        delegations.delegation_revoke,
        "delegation_revoke",
    ),
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
    _page("vereinbarungen/neu/", agreement_write.agreement_create, "agreement_create"),
    _page("vereinbarungen/<int:agreement_id>/", agreements.agreement, "agreement"),
    _agreement("bearbeiten/", agreement_write.agreement_edit, "agreement_edit"),
    _agreement("listen/", agreements.agreement_list, "agreement_list"),
    _agreement("aussetzen/", agreements.agreement_suspend, "agreement_suspend"),
    _agreement("beenden/", agreements.agreement_end, "agreement_end"),
    _agreement("lose/neu/", agreement_write.lot_create, "lot_create"),
    _agreement("lose/<int:lot_id>/", agreement_write.lot_edit, "lot_edit"),
    _agreement("lose/<int:lot_id>/entfernen/", agreement_write.lot_remove, "lot_remove"),
    _agreement("lose/<int:lot_id>/zuschlag/", agreement_write.award_create, "award_create"),
    _agreement("zuschlaege/<int:award_id>/", agreement_write.award_edit, "award_edit"),
    _agreement(
        "zuschlaege/<int:award_id>/entfernen/", agreement_write.award_remove, "award_remove"
    ),
    _agreement(
        "zuschlaege/<int:award_id>/konditionen/", agreement_write.terms_create, "terms_create"
    ),
    _agreement("zuschlaege/<int:award_id>/position/", agreement_write.item_create, "item_create"),
    _agreement("positionen/", agreement_items.agreement_items, "agreement_items"),
    _agreement("bezuege/", agreement_relations.agreement_relations, "agreement_relations"),
    _agreement("bezuege/eintragen/", agreement_relations.relation_create, "relation_create"),
    _agreement(
        "bezuege/<int:relation_id>/entfernen/",
        agreement_relations.relation_remove,
        "relation_remove",
    ),
    _agreement("positionen/<int:item_id>/", agreement_write.item_edit, "item_edit"),
    _agreement("positionen/<int:item_id>/entfernen/", agreement_write.item_remove, "item_remove"),
    _agreement("berechtigte/", agreement_buyers.agreement_buyers, "agreement_buyers"),
    _agreement("berechtigte/benennen/", agreement_buyers.buyer_name, "buyer_name"),
    _agreement("berechtigte/uebertragen/", agreement_buyers.quota_transfer, "quota_transfer"),
    _agreement(
        "berechtigte/<int:entitlement_id>/beenden/", agreement_buyers.buyer_end, "buyer_end"
    ),
    _agreement(
        "berechtigte/<int:entitlement_id>/kontingent/", agreement_buyers.quota_set, "quota_set"
    ),
    _agreement(
        "berechtigte/<int:entitlement_id>/rueckgabe/", agreement_buyers.quota_return, "quota_return"
    ),
    _agreement("dokumente/", agreement_documents.agreement_documents, "agreement_documents"),
    _agreement("dokumente/hochladen/", agreement_documents.document_upload, "document_upload"),
    _agreement("dokumente/<int:document_id>/", agreement_documents.document, "document"),
    _agreement(
        "dokumente/<int:document_id>/zurueckziehen/",
        agreement_documents.document_withdraw,
        "document_withdraw",
    ),
    _page("preisaenderungen/", price_changes.price_changes, "price_changes"),
    _agreement("preisaenderungen/", price_changes.agreement_changes, "agreement_changes"),
    _agreement(
        "preisaenderungen/vorschlagen/<int:item_id>/",
        price_changes.price_change_propose,
        "price_change_propose",
    ),
    _agreement("preisaenderungen/<int:change_id>/", price_changes.price_change, "price_change"),
    _agreement(
        "preisaenderungen/<int:change_id>/entscheiden/",
        price_changes.price_change_decide,
        "price_change_decide",
    ),
    _agreement(
        "preisaenderungen/<int:change_id>/bestaetigen/",
        price_changes.price_change_confirm,
        "price_change_confirm",
    ),
    _agreement(
        "preisaenderungen/<int:change_id>/zurueckziehen/",
        price_changes.price_change_withdraw,
        "price_change_withdraw",
    ),
    _agreement(
        "vertragsaenderungen/", modifications.agreement_modifications, "agreement_modifications"
    ),
    _agreement(
        "vertragsaenderungen/eintragen/",
        modifications.modification_register,
        "modification_register",
    ),
    _agreement("vertragsaenderungen/senken/", modifications.cap_lower, "cap_lower"),
    _agreement(
        "vertragsaenderungen/<int:modification_id>/", modifications.modification, "modification"
    ),
    _agreement(
        "vertragsaenderungen/<int:modification_id>/entscheiden/",
        modifications.modification_decide,
        "modification_decide",
    ),
    _agreement(
        "vertragsaenderungen/<int:modification_id>/erhoehen/",
        modifications.modification_raise,
        "modification_raise",
    ),
    _agreement(
        "vertragsaenderungen/<int:modification_id>/verlaengern/",
        modifications.modification_extend,
        "modification_extend",
    ),
    _page("preise/<int:listing_id>/", prices.prices, "price_history"),
    _page("preispruefung/", prices.price_audit, "price_audit"),
    _agreement("preisblatt/", price_sheets.price_sheet, "price_sheet"),
    _page(
        "vereinbarungen/preisblatt-muster.<slug:kind>",
        price_sheets.price_sheet_sample,
        "price_sheet_sample",
    ),
    _agreement("abrufe/", agreement_records.agreement_call_offs, "agreement_call_offs"),
    _agreement("vergabeschritte/", allocation.agreement_allocation, "agreement_allocation"),
    _agreement("protokoll/", agreement_records.agreement_audit, "agreement_audit"),
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
    _page("hindernisse/", gates.gates, "gates"),
    _page("hindernisse/setzen/", gates.gate_set, "gate_set"),
    _page("hindernisse/<int:gate_id>/aufheben/", gates.gate_lift, "gate_lift"),
    _page("hindernisse/opt-outs/", gates.opt_outs, "opt_outs"),
    _page("hindernisse/opt-outs/erklaeren/", gates.opt_out_declare, "opt_out_declare"),
    _page("ausstattung/", standards.standards, "standards"),
    _page("ausstattung/neu/", standards.standard_create, "standard_create"),
    _page("ausstattung/<int:standard_id>/", standards.standard_edit, "standard_edit"),
    _page("ausstattung/<int:standard_id>/aufheben/", standards.standard_lift, "standard_lift"),
    _page("ausstattung/pakete/", bundles.bundles, "bundles"),
    _page("ausstattung/pakete/neu/", bundles.bundle_create, "bundle_create"),
    _page("ausstattung/pakete/<int:bundle_id>/", bundles.bundle_edit, "bundle_edit"),
    _page("ausstattung/pakete/<int:bundle_id>/entfernen/", bundles.bundle_retire, "bundle_retire"),
    _page("ausstattung/pakete/<int:bundle_id>/bestellen/", bundles.bundle_add, "bundle_add"),
    _page("nachfolger/", successors.successors, "successors"),
    _page("nachfolger/vorschlagen/", successors.successor_create, "successor_create"),
    _page("nachfolger/<int:proposal_id>/", successors.successor, "successor"),
    _page(
        "nachfolger/<int:proposal_id>/freigeben/",
        successors.successor_release,
        "successor_release",
    ),
    _page(
        "nachfolger/<int:proposal_id>/ablehnen/", successors.successor_reject, "successor_reject"
    ),
    _page(
        "nachfolger/<int:proposal_id>/zurueckziehen/",
        successors.successor_withdraw,
        "successor_withdraw",
    ),
    _page("haushalt/", budgets.budgets, "budgets"),
    _page("finanzfeed/", feed.feed, "feed"),
    _page("postfach/", mailbox.mailbox, "mailbox"),
    _page("fehlschlaege/", failures.failures, "failures"),
    _page("fehlschlaege/<slug:source>/<int:failure_id>/", failures.failure_retry, "failure_retry"),
    _page("barrierefreiheit/", about.accessibility, "accessibility"),
    _page("feedback/", about.feedback, "feedback"),
]
