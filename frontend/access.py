"""Who may open which page: one table, enforced by one decorator.

The table says which role has a task on a page. What is on the page is decided by the
queries of the domain, which know the actor's organisation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from contracts.parties.models import Membership, Role
from contracts.refusals import NotFound

View = Callable[..., HttpResponse]

EVERYBODY = frozenset(Role)
ASKING = frozenset({Role.SCHOOL_REQUESTER, Role.PROCUREMENT_OFFICER})
SIGNING = frozenset(
    {
        Role.PROCUREMENT_OFFICER,
        Role.APPROVER,
        Role.IT_OFFICER,
        Role.DATA_PROTECTION,
        Role.TREASURER,
    }
)
AUTHORITY = ASKING | SIGNING | {Role.AUDITOR}
FINANCE = frozenset({Role.PROCUREMENT_OFFICER, Role.TREASURER, Role.AUDITOR})
CONTRACTS = frozenset({Role.CONTRACT_MANAGER, Role.REVIEWER})
SUPPLIERS = frozenset({Role.SUPPLIER_CATALOGUE, Role.SUPPLIER_ORDERS})
ORDER_READERS = AUTHORITY | CONTRACTS | {Role.SUPPLIER_ORDERS}
AGREEMENT_READERS = AUTHORITY | CONTRACTS | SUPPLIERS
MANAGER = frozenset({Role.CONTRACT_MANAGER})
CATALOGUE_DESK = CONTRACTS | {Role.SUPPLIER_CATALOGUE}
GATE_READERS = AUTHORITY | CONTRACTS
GATE_SETTERS = frozenset(
    {Role.CONTRACT_MANAGER, Role.DATA_PROTECTION, Role.IT_OFFICER, Role.TREASURER}
)
POLICY_KEEPERS = frozenset({Role.APPROVER, Role.TREASURER})
OPERATORS = frozenset({Role.OPERATOR})
EQUIPPING = frozenset({Role.IT_OFFICER, Role.PROCUREMENT_OFFICER})

PUBLIC = frozenset({"login", "demo_login", "logout", "accessibility", "feedback"})
# The person, not a role, is asked here: it is where a role is chosen.
PERSONAL = frozenset({"membership"})
ACCESS: Mapping[str, frozenset[Role]] = {
    "start": EVERYBODY,
    "mailbox": EVERYBODY,
    "catalogue": AUTHORITY,
    "article": AUTHORITY,
    "basket": ASKING,
    "basket_add": ASKING,
    "basket_quantity": ASKING,
    "basket_effect": ASKING,
    "requisition_create": ASKING,
    "quick_order": ASKING,
    "quick_order_take": ASKING,
    "quick_order_append": ASKING,
    "quick_order_rest": ASKING,
    "shopping_lists": ASKING,
    "shopping_list": ASKING,
    "shopping_list_create": ASKING,
    "shopping_list_edit": ASKING,
    "shopping_list_retire": ASKING,
    "shopping_list_quantities": ASKING,
    "shopping_list_take": ASKING,
    "shopping_list_successor": ASKING,
    "shopping_list_add": ASKING,
    "reorder": ASKING,
    "requisitions": AUTHORITY,
    "requisition": AUTHORITY,
    "requisition_revisions": AUTHORITY,
    "requisition_edit": ASKING,
    "requisition_line_add": ASKING,
    "requisition_line_split": ASKING,
    "requisition_places": ASKING,
    "requisition_shares": ASKING,
    "requisition_hand_over": frozenset({Role.SCHOOL_REQUESTER}),
    "requisition_recall": frozenset({Role.SCHOOL_REQUESTER}),
    "requisition_hand_back": frozenset({Role.PROCUREMENT_OFFICER}),
    "requisition_submit": frozenset({Role.PROCUREMENT_OFFICER}),
    "requisition_withdraw": ASKING,
    "requisition_attach": ASKING | SIGNING,
    "requisition_attachment": AUTHORITY,
    "requisition_attachment_withdraw": ASKING | SIGNING,
    "requisition_comment": ASKING | SIGNING,
    "approval_record": AUTHORITY,
    "approval_record_pdf": AUTHORITY,
    "approvals": SIGNING,
    "decide": SIGNING,
    "decide_many": SIGNING,
    "policy": AUTHORITY,
    "policy_edit": POLICY_KEEPERS,
    "policy_confirm": POLICY_KEEPERS,
    "policy_withdraw": POLICY_KEEPERS,
    "policy_simulation": AUTHORITY,
    "policy_people": AUTHORITY,
    "signing_limit": POLICY_KEEPERS,
    "membership_end": POLICY_KEEPERS,
    "requisition_sitting": SIGNING,
    "delegations": SIGNING | {Role.AUDITOR},
    "delegation_create": SIGNING,
    "delegation_revoke": SIGNING,
    "call_offs": ORDER_READERS,
    "call_off": ORDER_READERS,
    "call_off_receive": ASKING,
    "call_off_cancel": frozenset({Role.PROCUREMENT_OFFICER}),
    "call_off_confirm": frozenset({Role.SUPPLIER_ORDERS}),
    "call_off_refuse": frozenset({Role.SUPPLIER_ORDERS}),
    "agreements": AGREEMENT_READERS,
    "agreement": AGREEMENT_READERS,
    "agreement_items": AGREEMENT_READERS,
    "agreement_relations": AUTHORITY | CONTRACTS,
    "relation_create": MANAGER,
    "relation_remove": MANAGER,
    "agreement_buyers": AUTHORITY | CONTRACTS,
    "quota_return": frozenset({Role.PROCUREMENT_OFFICER}),
    "agreement_documents": AGREEMENT_READERS,
    "document": AGREEMENT_READERS,
    "agreement_call_offs": ORDER_READERS,
    "agreement_allocation": AGREEMENT_READERS,
    "agreement_audit": CONTRACTS,
    "agreement_create": MANAGER,
    "agreement_edit": MANAGER,
    "agreement_list": MANAGER,
    "agreement_suspend": MANAGER,
    "agreement_end": MANAGER,
    "lot_create": MANAGER,
    "lot_edit": MANAGER,
    "lot_remove": MANAGER,
    "award_create": MANAGER,
    "award_edit": MANAGER,
    "award_remove": MANAGER,
    "terms_create": MANAGER,
    "item_create": MANAGER,
    "item_edit": MANAGER,
    "item_remove": MANAGER,
    "buyer_name": MANAGER,
    "quota_transfer": MANAGER,
    "buyer_end": MANAGER,
    "quota_set": MANAGER,
    "document_upload": MANAGER,
    "document_withdraw": MANAGER,
    "price_sheet": MANAGER,
    "price_sheet_sample": MANAGER,
    "price_changes": CATALOGUE_DESK,
    "agreement_changes": AGREEMENT_READERS,
    "price_change": AGREEMENT_READERS,
    "price_change_propose": frozenset({Role.SUPPLIER_CATALOGUE}),
    "price_change_withdraw": frozenset({Role.SUPPLIER_CATALOGUE}),
    "price_change_decide": MANAGER,
    "price_change_confirm": CONTRACTS,
    "agreement_modifications": AGREEMENT_READERS,
    "modification": AGREEMENT_READERS,
    "modification_register": MANAGER,
    "modification_decide": CONTRACTS,
    "modification_raise": MANAGER,
    "modification_extend": MANAGER,
    "cap_lower": MANAGER,
    "price_history": AGREEMENT_READERS,
    "price_audit": CONTRACTS | {Role.AUDITOR, Role.TREASURER},
    "uploads": CATALOGUE_DESK,
    "upload": CATALOGUE_DESK,
    "upload_progress": CATALOGUE_DESK,
    "upload_issues": CATALOGUE_DESK,
    "upload_create": frozenset({Role.SUPPLIER_CATALOGUE}),
    "upload_submit": frozenset({Role.SUPPLIER_CATALOGUE}),
    "upload_withdraw": frozenset({Role.SUPPLIER_CATALOGUE}),
    "upload_publish": frozenset({Role.CONTRACT_MANAGER}),
    "gates": GATE_READERS,
    "gate_set": GATE_SETTERS,
    "gate_lift": GATE_SETTERS | {Role.PROCUREMENT_OFFICER},
    "opt_outs": GATE_READERS,
    "opt_out_declare": frozenset({Role.PROCUREMENT_OFFICER}),
    "standards": AUTHORITY,
    "standard_create": EQUIPPING,
    "standard_edit": EQUIPPING,
    "standard_lift": EQUIPPING,
    "bundles": AUTHORITY,
    "bundle_create": EQUIPPING,
    "bundle_edit": EQUIPPING,
    "bundle_retire": EQUIPPING,
    "bundle_add": ASKING,
    "successors": CATALOGUE_DESK,
    "successor": CATALOGUE_DESK,
    "successor_create": frozenset({Role.SUPPLIER_CATALOGUE}),
    "successor_withdraw": frozenset({Role.SUPPLIER_CATALOGUE}),
    "successor_release": MANAGER,
    "successor_reject": MANAGER,
    "budgets": AUTHORITY,
    "feed": FINANCE,
    "failures": OPERATORS,
    "failure_retry": OPERATORS,
}


def may_open(actor: Membership | None, name: str) -> bool:
    """Whether the role has a task on the page; a page missing in the table is nobody's."""
    return actor is not None and actor.role in ACCESS.get(name, ())


def page(view: View) -> View:
    """Let people with a task on the page through.

    Without log-in to the log-in page, without a valid choice to the choice of
    memberships, without the role to the refusal. What the domain can't find in the
    actor's organisation does not exist (404); an address with a NUL is none (400), for
    PostgreSQL can't be asked for one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "%00" in request.META["QUERY_STRING"]:
            raise BadRequest("Die Adresse enthält ein Zeichen, das kein Text ist.")
        match = request.resolver_match
        name = match.url_name if match is not None else None
        if name not in PUBLIC:
            refusal = _refusal(request, name or "")
            if refusal is not None:
                return refusal
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(str(error)) from error

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded


def _refusal(request: HttpRequest, name: str) -> HttpResponse | None:
    """The way to the log-in or to the choice of memberships; raises PermissionDenied."""
    if not request.user.is_authenticated:
        back = request.get_full_path() if request.method == "GET" else "/"
        return redirect(f"/anmelden/?next={quote(back)}")
    if name in PERSONAL:
        return None
    actor: Membership | None = request.actor  # type: ignore[attr-defined]
    if actor is None and request.memberships:  # type: ignore[attr-defined]
        return redirect("frontend:membership")
    if actor is None:
        raise PermissionDenied("Für Ihr Konto ist heute keine Mitgliedschaft gültig.")
    if not may_open(actor, name):
        raise PermissionDenied
    return None
