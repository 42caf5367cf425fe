"""Who gets what: one row per address and method, with the status for every role.

Roles that a row does not name are refused. Each house has its kind of row, because a
program without a right hears 403 and a person may be led to the login instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.parties.models import Role


@dataclass(frozen=True)
class ApiRow:
    """An address of the API.

    `args` name targets of the test's world; `foreign` is what the allowed roles of
    another organisation hear. Not allowed is 403, without a token 401.
    """

    method: str
    name: str
    allowed: Mapping[str, int]
    foreign: int = 404
    args: tuple[str, ...] = ()
    body: Mapping[str, object] | None = None
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


@dataclass(frozen=True)
class PublicRow:
    """An address that opens without a token."""

    method: str
    name: str

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


@dataclass(frozen=True)
class PageRow:
    """A page; `anonymous` and `denied` are what the others get (302 leads to the login)."""

    method: str
    name: str
    allowed: Mapping[str, int]
    foreign: int = 404
    anonymous: int = 302
    denied: int = 403
    args: tuple[str, ...] = ()
    body: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


_CATALOGUE = {Role.SUPPLIER_CATALOGUE: 200}
_ORDERS = {Role.SUPPLIER_ORDERS: 200}
_FINANCE = {Role.TREASURER: 200, Role.AUDITOR: 200}
_BOOKING = {Role.TREASURER: 201}
_UPLOAD = ("upload",)
_PROPOSAL = ("proposal",)
_ENTITY = ("budget_entity",)
_BUYING = {Role.PROCUREMENT_OFFICER: 200, Role.SCHOOL_REQUESTER: 200}
_DRAFT = ("draft",)
_WEBHOOK = ("webhook",)
_PUBLIC_URL = "https://93.184.215.14/hook"
_REQUISITION = {
    "title": "Notebooks",
    "lines": [{"article": {"supplier": "lieferant-1", "number": "A-1"}, "quantity": 2}],
}

API_ROWS: tuple[ApiRow, ...] = (
    ApiRow("GET", "supplier-articles", _CATALOGUE, foreign=200),
    ApiRow("GET", "supplier-article", _CATALOGUE, args=("article",)),
    ApiRow("GET", "supplier-uploads", _CATALOGUE, foreign=200),
    # The award of the form belongs to the first supplier.
    ApiRow(
        "POST",
        "supplier-uploads",
        {Role.SUPPLIER_CATALOGUE: 202},
        foreign=422,
        body={"award": "Z-1", "file": "katalog.csv"},
    ),
    ApiRow("GET", "supplier-upload", _CATALOGUE, args=_UPLOAD),
    ApiRow("GET", "supplier-upload-errors", _CATALOGUE, args=_UPLOAD),
    ApiRow("GET", "supplier-upload-errors-csv", _CATALOGUE, args=_UPLOAD),
    ApiRow("GET", "supplier-upload-diff", _CATALOGUE, args=_UPLOAD),
    ApiRow("POST", "supplier-upload-submit", _CATALOGUE, args=_UPLOAD),
    ApiRow("POST", "supplier-upload-withdraw", _CATALOGUE, args=_UPLOAD),
    ApiRow("GET", "supplier-price-proposals", _CATALOGUE, foreign=200),
    ApiRow(
        "POST",
        "supplier-price-proposals",
        {Role.SUPPLIER_CATALOGUE: 201},
        foreign=422,
        body={
            "award": "Z-1",
            "item": "1.1",
            "effective_from": "2029-12-01",
            "evidence": "Herstellerschreiben",
            "tiers": [{"from_quantity": 1, "net_unit_price": "430.0000"}],
        },
    ),
    ApiRow("GET", "supplier-price-proposal", _CATALOGUE, args=_PROPOSAL),
    ApiRow("POST", "supplier-price-proposal-withdraw", _CATALOGUE, args=_PROPOSAL),
    ApiRow("GET", "supplier-successor-proposals", _CATALOGUE, foreign=200),
    # The award of the form belongs to the first supplier.
    ApiRow(
        "POST",
        "supplier-successor-proposals",
        {Role.SUPPLIER_CATALOGUE: 201},
        foreign=422,
        body={
            "award": "Z-1",
            "item": "1.1",
            "replaces": "A-1",
            "supplier_aid": "A-1-NEU",
            "name": "Notebook neu",
            "statement": "Schnellerer Prozessor",
        },
    ),
    ApiRow("GET", "supplier-call-offs", _ORDERS, foreign=200),
    ApiRow("GET", "supplier-call-off", _ORDERS, args=("call_off",)),
    ApiRow("POST", "supplier-call-off-confirm", _ORDERS, args=("call_off",)),
    ApiRow(
        "POST",
        "supplier-call-off-refuse",
        _ORDERS,
        args=("call_off",),
        body={"reason": "Nicht lieferbar"},
    ),
    ApiRow("GET", "finance-budget-entities", _FINANCE, foreign=200),
    ApiRow("GET", "finance-events", _FINANCE, args=_ENTITY),
    ApiRow("POST", "finance-events-acknowledge", _BOOKING, args=_ENTITY, body={"seq": 1}),
    ApiRow(
        "POST",
        "finance-events-refuse",
        _BOOKING,
        args=_ENTITY,
        body={"seq": 1, "reason": "Sachkonto gesperrt"},
    ),
    ApiRow("GET", "finance-exports-csv", _FINANCE, args=_ENTITY),
    ApiRow("GET", "buyer-requisitions", _BUYING, foreign=200),
    # The article of the form is listed for the first authority.
    ApiRow(
        "POST",
        "buyer-requisitions",
        dict.fromkeys(_BUYING, 201),
        foreign=422,
        body=_REQUISITION,
    ),
    ApiRow("GET", "buyer-requisition", _BUYING, args=_DRAFT),
    ApiRow("PUT", "buyer-requisition", _BUYING, args=_DRAFT, body=_REQUISITION),
    ApiRow("POST", "buyer-requisition-submit", {Role.PROCUREMENT_OFFICER: 200}, args=_DRAFT),
    ApiRow("POST", "buyer-requisition-hand-over", {Role.SCHOOL_REQUESTER: 200}, args=_DRAFT),
    ApiRow("POST", "buyer-requisition-withdraw", _BUYING, args=_DRAFT),
    ApiRow("GET", "buyer-revisions", _BUYING, args=_DRAFT),
    ApiRow("GET", "buyer-difference", _BUYING, args=_DRAFT),
    ApiRow("GET", "buyer-call-offs", _BUYING, foreign=200),
    ApiRow("GET", "buyer-call-off", _BUYING, args=("call_off",)),
    ApiRow("GET", "buyer-cancellation-effect", {Role.PROCUREMENT_OFFICER: 200}, args=("call_off",)),
    ApiRow(
        "POST",
        "buyer-call-off-cancel",
        {Role.PROCUREMENT_OFFICER: 200},
        args=("call_off",),
        body={"reason": "Nicht mehr gebraucht"},
    ),
    ApiRow(
        "POST",
        "buyer-call-off-receive",
        _BUYING,
        args=("call_off",),
        body={"received_on": "2026-06-15"},
    ),
    ApiRow("GET", "buyer-schools", _BUYING, foreign=200),
    ApiRow("GET", "buyer-budget-lines", _BUYING, foreign=200, query="fiscal_year=2026"),
    ApiRow("GET", "buyer-articles", _BUYING, foreign=200, query="number=A-1"),
    ApiRow("GET", "webhooks", _BUYING, foreign=200),
    ApiRow("POST", "webhooks", dict.fromkeys(_BUYING, 201), foreign=201, body={"url": _PUBLIC_URL}),
    ApiRow("GET", "webhook", _BUYING, args=_WEBHOOK),
    ApiRow("PATCH", "webhook", _BUYING, args=_WEBHOOK, body={"is_active": False}),
    ApiRow("DELETE", "webhook", dict.fromkeys(_BUYING, 204), args=_WEBHOOK),
    ApiRow("POST", "webhook-rotate-secret", _BUYING, args=_WEBHOOK),
    ApiRow("GET", "webhook-deliveries", _BUYING, args=_WEBHOOK),
    ApiRow("POST", "webhook-delivery-replay", _BUYING, args=(*_WEBHOOK, "message")),
)

PUBLIC_API_ROWS: tuple[PublicRow, ...] = (
    PublicRow("GET", "openapi"),
    PublicRow("GET", "docs"),
)

_EVERYBODY = dict.fromkeys(Role, 200)
_ASKING = (Role.SCHOOL_REQUESTER, Role.PROCUREMENT_OFFICER)
_SIGNING = (
    Role.PROCUREMENT_OFFICER,
    Role.APPROVER,
    Role.IT_OFFICER,
    Role.DATA_PROTECTION,
    Role.TREASURER,
)
_AUTHORITY = {*_ASKING, *_SIGNING, Role.AUDITOR}
_CONTRACTS = {Role.CONTRACT_MANAGER, Role.REVIEWER}
_READERS = _AUTHORITY | _CONTRACTS | {Role.SUPPLIER_ORDERS}
_PARTIES = _READERS | {Role.SUPPLIER_CATALOGUE}
_DESK = _CONTRACTS | {Role.SUPPLIER_CATALOGUE}
_KEEPER = {Role.SUPPLIER_CATALOGUE: 302}
_FORM = "00000000-0000-4000-8000-000000000001"
_SALES = {Role.SUPPLIER_ORDERS: 302}
_ATTACHMENT = ("submitted", "attachment")
_AGREEMENT = ("agreement",)
_CHANGE = (*_AGREEMENT, "change")
_MODIFICATION = (*_AGREEMENT, "modification")
_MANAGING = {Role.CONTRACT_MANAGER: 422}
_WISH = {"title": "Bedarf", "needed_by": ""}


def _each(roles: Iterable[Role], status: int = 200) -> dict[Role, int]:
    return dict.fromkeys(roles, status)


def _forms(
    name: str,
    args: tuple[str, ...],
    *,
    role: Role = Role.CONTRACT_MANAGER,
    foreign: tuple[int, int] = (404, 404),
) -> tuple[PageRow, PageRow]:
    """A page that is a form: shown, and sent without input."""
    return (
        PageRow("GET", name, {role: 200}, args=args, foreign=foreign[0]),
        PageRow("POST", name, {role: 422}, args=args, foreign=foreign[1]),
    )


_SETTING = (Role.CONTRACT_MANAGER, Role.DATA_PROTECTION, Role.IT_OFFICER, Role.TREASURER)
_LIFTING = _each((*_SETTING, Role.PROCUREMENT_OFFICER), 404)
_EQUIPPING = (Role.IT_OFFICER, Role.PROCUREMENT_OFFICER)
_KEEPING = (Role.APPROVER, Role.TREASURER)

# A foreign list opens, but is empty; what an address names in another house is not there.
PAGE_ROWS: tuple[PageRow, ...] = (
    PageRow("GET", "start", _EVERYBODY, foreign=200),
    PageRow("GET", "mailbox", _EVERYBODY, foreign=200),
    PageRow("GET", "membership", _EVERYBODY, foreign=200),
    PageRow("GET", "catalogue", _each(_AUTHORITY), foreign=200),
    PageRow("GET", "article", _each(_AUTHORITY), args=("listing",)),
    PageRow("GET", "basket", _each(_ASKING), foreign=200),
    PageRow("POST", "basket_add", _each(_ASKING, 302), body={"listing": "@listing", "quantity": 1}),
    PageRow(
        "POST", "basket_quantity", _each(_ASKING, 302), args=("listing",), body={"quantity": 3}
    ),
    PageRow("POST", "basket_effect", _each(_ASKING), foreign=200, body=_WISH),
    # Without an account assignment nothing is made, for nobody.
    PageRow("POST", "requisition_create", _each(_ASKING, 422), foreign=422, body=_WISH),
    PageRow("GET", "requisitions", _each(_AUTHORITY), foreign=200),
    PageRow("GET", "requisition", _each(_AUTHORITY), args=("submitted",)),
    PageRow("GET", "requisition_revisions", _each(_AUTHORITY), args=("submitted",)),
    PageRow("GET", "requisition_edit", _each(_ASKING), args=("draft",)),
    PageRow("POST", "requisition_edit", _each(_ASKING, 422), args=("draft",)),
    PageRow("POST", "requisition_line_add", _each(_ASKING, 422), args=("draft",)),
    PageRow("GET", "requisition_line_split", _each(_ASKING), args=("draft", "line_no")),
    PageRow("POST", "requisition_line_split", _each(_ASKING, 422), args=("draft", "line_no")),
    PageRow("GET", "requisition_places", _each(_ASKING), args=("draft",)),
    PageRow("POST", "requisition_places", _each(_ASKING, 422), args=("draft",)),
    PageRow("GET", "requisition_shares", _each(_ASKING), args=("draft",)),
    PageRow("POST", "requisition_shares", _each(_ASKING, 422), args=("draft",)),
    PageRow("POST", "requisition_hand_over", {Role.SCHOOL_REQUESTER: 302}, args=("draft",)),
    PageRow("POST", "requisition_recall", {Role.SCHOOL_REQUESTER: 302}, args=("draft",)),
    PageRow("GET", "requisition_hand_back", {Role.PROCUREMENT_OFFICER: 200}, args=("draft",)),
    # What was not handed over can't be given back.
    PageRow(
        "POST",
        "requisition_hand_back",
        {Role.PROCUREMENT_OFFICER: 422},
        args=("draft",),
        body={"reason": "Die Menge fehlt"},
    ),
    PageRow("POST", "requisition_submit", {Role.PROCUREMENT_OFFICER: 302}, args=("draft",)),
    PageRow("GET", "requisition_withdraw", _each(_ASKING), args=("submitted",)),
    PageRow("POST", "requisition_withdraw", _each(_ASKING, 302), args=("submitted",)),
    # Without a file nothing is kept, for nobody.
    PageRow("POST", "requisition_attach", _each((*_ASKING, *_SIGNING), 422), args=("submitted",)),
    PageRow("GET", "requisition_attachment", _each(_AUTHORITY), args=_ATTACHMENT),
    # The officer added it; the others only read it.
    PageRow(
        "POST",
        "requisition_attachment_withdraw",
        {**_each((*_ASKING, *_SIGNING), 422), Role.PROCUREMENT_OFFICER: 302},
        args=_ATTACHMENT,
    ),
    PageRow(
        "POST",
        "requisition_comment",
        _each((*_ASKING, *_SIGNING), 302),
        args=("submitted",),
        body={"text": "Bitte bis Freitag."},
    ),
    PageRow("GET", "approval_record", _each(_AUTHORITY), args=("submitted",)),
    PageRow("GET", "approval_record_pdf", _each(_AUTHORITY), args=("submitted",)),
    PageRow("GET", "approvals", _each(_SIGNING), foreign=200),
    # The step waits for the approver; the others are led back to what they may read.
    PageRow("GET", "decide", {**_each(_SIGNING, 302), Role.APPROVER: 200}, args=("submitted",)),
    PageRow(
        "POST",
        "decide",
        {**_each(_SIGNING, 422), Role.APPROVER: 302},
        args=("submitted",),
        body={"revision_no": 1, "verdict": "approve", "comment": ""},
    ),
    # Whoever chose nothing is told so; what is chosen gets its result by row.
    PageRow("GET", "decide_many", _each(_SIGNING), foreign=200),
    PageRow("POST", "decide_many", _each(_SIGNING, 422), foreign=422, body={"verdict": "approve"}),
    PageRow("GET", "policy", _each(_AUTHORITY), foreign=200),
    PageRow("GET", "policy_edit", _each(_KEEPING), foreign=200),
    PageRow("POST", "policy_edit", _each(_KEEPING, 422), foreign=422),
    # The proposal is the treasurer's: another keeper puts it into force, each may discard it.
    PageRow(
        "POST",
        "policy_confirm",
        {Role.APPROVER: 302, Role.TREASURER: 422},
        args=("policy_proposal",),
    ),
    PageRow("POST", "policy_withdraw", _each(_KEEPING, 302), args=("policy_proposal",)),
    PageRow("GET", "policy_simulation", _each(_AUTHORITY), foreign=200),
    PageRow("GET", "policy_people", _each(_AUTHORITY), foreign=200),
    PageRow("GET", "signing_limit", _each(_KEEPING), args=("member",)),
    PageRow("POST", "signing_limit", _each(_KEEPING, 302), args=("member",), body={"limit": "5"}),
    PageRow("GET", "membership_end", _each(_KEEPING), args=("member",)),
    PageRow("POST", "membership_end", _each(_KEEPING, 422), args=("member",)),
    # Nothing here waits for a committee.
    PageRow("GET", "requisition_sitting", _each(_SIGNING, 302), args=("submitted",)),
    PageRow("POST", "requisition_sitting", _each(_SIGNING, 422), args=("submitted",)),
    PageRow("GET", "delegations", _each((*_SIGNING, Role.AUDITOR)), foreign=200),
    PageRow("GET", "delegation_create", _each(_SIGNING), foreign=200),
    PageRow("POST", "delegation_create", _each(_SIGNING, 422), foreign=422),
    # The approver's own; the treasury keeps those of others too.
    PageRow(
        "POST",
        "delegation_revoke",
        {**_each(_SIGNING, 404), Role.APPROVER: 302, Role.TREASURER: 302},
        args=("delegation",),
    ),
    PageRow("GET", "call_offs", _each(_READERS), foreign=200),
    PageRow("GET", "call_off", _each(_READERS), args=("call_off",)),
    PageRow(
        "POST",
        "call_off_receive",
        _each(_ASKING, 302),
        args=("call_off",),
        body={"alles": "1", "received_on": "", "delivery_note": "LS-1", "formular": _FORM},
    ),
    PageRow(
        "POST",
        "call_off_cancel",
        {Role.PROCUREMENT_OFFICER: 302},
        args=("call_off",),
        body={"alles": "1", "reason": "Bedarf entfallen", "bestaetigt": "1", "formular": _FORM},
    ),
    PageRow("POST", "call_off_confirm", _SALES, args=("call_off",)),
    PageRow(
        "POST", "call_off_refuse", _SALES, args=("call_off",), body={"reason": "Nicht lieferbar"}
    ),
    PageRow("GET", "agreements", _each(_PARTIES), foreign=200),
    PageRow("GET", "agreement", _each(_PARTIES), args=("agreement",)),
    PageRow("GET", "agreement_items", _each(_PARTIES), args=_AGREEMENT),
    PageRow("GET", "agreement_relations", _each(_AUTHORITY | _CONTRACTS), args=_AGREEMENT),
    PageRow("GET", "agreement_buyers", _each(_AUTHORITY | _CONTRACTS), args=_AGREEMENT),
    PageRow("GET", "agreement_documents", _each(_PARTIES), args=_AGREEMENT),
    PageRow("GET", "document", _each(_PARTIES), args=(*_AGREEMENT, "document")),
    PageRow("GET", "agreement_call_offs", _each(_READERS), args=_AGREEMENT),
    PageRow("GET", "agreement_allocation", _each(_PARTIES), args=_AGREEMENT),
    PageRow("GET", "agreement_audit", _each(_CONTRACTS), args=_AGREEMENT),
    *_forms("agreement_create", (), foreign=(200, 422)),
    *_forms("agreement_edit", _AGREEMENT),
    *_forms("lot_create", _AGREEMENT),
    *_forms("lot_edit", (*_AGREEMENT, "lot")),
    *_forms("award_create", (*_AGREEMENT, "lot")),
    *_forms("award_edit", (*_AGREEMENT, "award")),
    *_forms("terms_create", (*_AGREEMENT, "award")),
    *_forms("item_create", (*_AGREEMENT, "award")),
    *_forms("item_edit", (*_AGREEMENT, "item")),
    *_forms("buyer_end", (*_AGREEMENT, "entitlement")),
    *_forms("quota_set", (*_AGREEMENT, "entitlement")),
    *_forms("document_withdraw", (*_AGREEMENT, "document")),
    *_forms("price_sheet", _AGREEMENT),
    PageRow(
        "GET",
        "price_sheet_sample",
        {Role.CONTRACT_MANAGER: 200},
        foreign=200,
        args=("sheet_format",),
    ),
    # A buyer gives its own quota back; this one has none.
    *_forms("quota_return", (*_AGREEMENT, "entitlement"), role=Role.PROCUREMENT_OFFICER),
    # Without input, or on a listed agreement, nothing is written, for nobody.
    PageRow("POST", "relation_create", _MANAGING, args=_AGREEMENT),
    PageRow(
        "POST", "relation_remove", {Role.CONTRACT_MANAGER: 302}, args=(*_AGREEMENT, "relation")
    ),
    PageRow("POST", "buyer_name", _MANAGING, args=_AGREEMENT),
    PageRow("POST", "quota_transfer", _MANAGING, args=_AGREEMENT),
    PageRow("POST", "document_upload", _MANAGING, args=_AGREEMENT),
    PageRow("POST", "lot_remove", _MANAGING, args=(*_AGREEMENT, "lot")),
    PageRow("POST", "award_remove", _MANAGING, args=(*_AGREEMENT, "award")),
    PageRow("POST", "item_remove", _MANAGING, args=(*_AGREEMENT, "item")),
    PageRow("POST", "agreement_list", _MANAGING, args=_AGREEMENT),
    PageRow(
        "POST",
        "agreement_suspend",
        {Role.CONTRACT_MANAGER: 302},
        args=_AGREEMENT,
        body={"reason": "Nachprüfung"},
    ),
    PageRow(
        "POST",
        "agreement_end",
        {Role.CONTRACT_MANAGER: 302},
        args=_AGREEMENT,
        body={"because": "decision", "reason": "Kündigung"},
    ),
    PageRow("GET", "price_changes", _each(_DESK), foreign=200),
    # A buyer sees what is accepted; this one still waits for the manager.
    PageRow("GET", "agreement_changes", _each(_PARTIES), args=_AGREEMENT),
    PageRow(
        "GET",
        "price_change",
        {**_each(_AUTHORITY, 404), **_each(_PARTIES - _AUTHORITY)},
        args=_CHANGE,
    ),
    *_forms("price_change_propose", (*_AGREEMENT, "item"), role=Role.SUPPLIER_CATALOGUE),
    PageRow("POST", "price_change_withdraw", _KEEPER, args=_CHANGE),
    PageRow("POST", "price_change_decide", _MANAGING, args=_CHANGE),
    PageRow("POST", "price_change_confirm", _each(_CONTRACTS, 422), args=_CHANGE),
    PageRow("GET", "agreement_modifications", _each(_PARTIES), args=_AGREEMENT),
    PageRow(
        "GET", "modification", {**_each(_PARTIES, 404), **_each(_CONTRACTS)}, args=_MODIFICATION
    ),
    PageRow("POST", "modification_register", _MANAGING, args=_AGREEMENT),
    PageRow("POST", "modification_decide", _each(_CONTRACTS, 422), args=_MODIFICATION),
    PageRow("POST", "modification_raise", _MANAGING, args=_MODIFICATION),
    PageRow("POST", "modification_extend", _MANAGING, args=_MODIFICATION),
    PageRow("POST", "cap_lower", _MANAGING, args=_AGREEMENT),
    PageRow("GET", "price_history", _each(_PARTIES), args=("listing",)),
    PageRow(
        "GET",
        "price_audit",
        _each((*_CONTRACTS, Role.AUDITOR, Role.TREASURER)),
        foreign=200,
    ),
    PageRow("GET", "uploads", _each(_DESK), foreign=200),
    PageRow("GET", "upload", _each(_DESK), args=("handed_in",)),
    # A part of the page above; called by itself it leads there.
    PageRow("GET", "upload_progress", _each(_DESK, 302), args=("handed_in",)),
    PageRow("GET", "upload_issues", _each(_DESK), args=("handed_in",)),
    PageRow("POST", "upload_create", {Role.SUPPLIER_CATALOGUE: 422}, foreign=422),
    PageRow("POST", "upload_submit", _KEEPER, args=("checked",)),
    PageRow("POST", "upload_withdraw", _KEEPER, args=("handed_in",)),
    PageRow("POST", "upload_publish", {Role.CONTRACT_MANAGER: 302}, args=("handed_in",)),
    PageRow("GET", "gates", _each(_AUTHORITY | _CONTRACTS), foreign=200),
    PageRow("GET", "gate_set", _each(_SETTING), foreign=200),
    PageRow("POST", "gate_set", _each(_SETTING, 422), foreign=422),
    # The gate is the contract manager's; to the others it is not there.
    PageRow("GET", "gate_lift", {**_LIFTING, Role.CONTRACT_MANAGER: 200}, args=("gate",)),
    PageRow("POST", "gate_lift", {**_LIFTING, Role.CONTRACT_MANAGER: 422}, args=("gate",)),
    PageRow("GET", "opt_outs", _each(_AUTHORITY | _CONTRACTS), foreign=200),
    *_forms("opt_out_declare", (), role=Role.PROCUREMENT_OFFICER, foreign=(200, 422)),
    PageRow("GET", "standards", _each(_AUTHORITY), foreign=200),
    PageRow("GET", "standard_create", _each(_EQUIPPING), foreign=200),
    PageRow("POST", "standard_create", _each(_EQUIPPING, 422), foreign=422),
    PageRow("GET", "standard_edit", _each(_EQUIPPING), args=("standard",)),
    PageRow("POST", "standard_edit", _each(_EQUIPPING, 422), args=("standard",)),
    PageRow("GET", "standard_lift", _each(_EQUIPPING), args=("standard",)),
    PageRow("POST", "standard_lift", _each(_EQUIPPING, 422), args=("standard",)),
    PageRow("GET", "bundles", _each(_AUTHORITY), foreign=200),
    PageRow("GET", "bundle_create", _each(_EQUIPPING), foreign=200),
    PageRow("POST", "bundle_create", _each(_EQUIPPING, 422), foreign=422),
    PageRow("GET", "bundle_edit", _each(_EQUIPPING), args=("bundle",)),
    PageRow("POST", "bundle_edit", _each(_EQUIPPING, 422), args=("bundle",)),
    PageRow("POST", "bundle_retire", _each(_EQUIPPING, 302), args=("bundle",)),
    PageRow("POST", "bundle_add", _each(_ASKING, 302), args=("bundle",), body={"times": 2}),
    PageRow("GET", "quick_order", _each(_ASKING), foreign=200),
    PageRow("POST", "quick_order", _each(_ASKING), foreign=200, body={"text": "A-1;2"}),
    PageRow("POST", "quick_order_rest", _each(_ASKING), foreign=200, body={"text": "X;2"}),
    # Abroad the number is unknown: there is nothing to take, and nothing to append to.
    PageRow("POST", "quick_order_take", _each(_ASKING, 302), foreign=422, body={"text": "A-1;2"}),
    PageRow("POST", "quick_order_append", _each(_ASKING, 422), foreign=422, body={"text": "A-1;2"}),
    PageRow("GET", "shopping_lists", _each(_ASKING), foreign=200),
    PageRow("GET", "shopping_list_create", _each(_ASKING), foreign=200),
    PageRow("POST", "shopping_list_create", _each(_ASKING, 422), foreign=422),
    PageRow("GET", "shopping_list", _each(_ASKING), args=("list",)),
    PageRow("GET", "shopping_list_edit", _each(_ASKING), args=("list",)),
    PageRow("POST", "shopping_list_edit", _each(_ASKING, 422), args=("list",)),
    # Neither its owner's nor the procurement's: the list stays.
    PageRow(
        "POST",
        "shopping_list_retire",
        {Role.PROCUREMENT_OFFICER: 302, Role.SCHOOL_REQUESTER: 422},
        args=("list",),
    ),
    PageRow(
        "POST",
        "shopping_list_quantities",
        {Role.PROCUREMENT_OFFICER: 302, Role.SCHOOL_REQUESTER: 422},
        args=("list",),
    ),
    PageRow("POST", "shopping_list_take", _each(_ASKING, 422), args=("list",)),
    # The article was not replaced.
    PageRow(
        "POST",
        "shopping_list_successor",
        {Role.PROCUREMENT_OFFICER: 404, Role.SCHOOL_REQUESTER: 422},
        args=("list", "listing"),
    ),
    PageRow(
        "POST",
        "shopping_list_add",
        _each(_ASKING, 302),  # a school is told that the list is not its own
        body={"list": "@list", "listing": "@listing", "quantity": 2},
    ),
    PageRow("GET", "reorder", _each(_ASKING), args=("draft",)),
    PageRow("POST", "reorder", _each(_ASKING, 422), args=("draft",)),
    PageRow("GET", "successors", _each(_DESK), foreign=200),
    PageRow("GET", "successor", _each(_DESK), args=("successor_proposal",)),
    PageRow("GET", "successor_create", {Role.SUPPLIER_CATALOGUE: 200}, foreign=200),
    PageRow("POST", "successor_create", {Role.SUPPLIER_CATALOGUE: 422}, foreign=422),
    PageRow("POST", "successor_withdraw", _KEEPER, args=("successor_proposal",)),
    PageRow(
        "POST",
        "successor_release",
        {Role.CONTRACT_MANAGER: 302},
        args=("successor_proposal",),
    ),
    PageRow(
        "POST",
        "successor_reject",
        {Role.CONTRACT_MANAGER: 302},
        args=("successor_proposal",),
        body={"reason": "Weniger Anschlüsse"},
    ),
    PageRow("GET", "budgets", _each(_AUTHORITY), foreign=200),
    PageRow(
        "GET",
        "feed",
        _each((Role.PROCUREMENT_OFFICER, Role.TREASURER, Role.AUDITOR)),
        foreign=200,
    ),
    # The operator serves the whole house, whatever organisation it is.
    PageRow("GET", "failures", {Role.OPERATOR: 200}, foreign=200),
    PageRow(
        "POST",
        "failure_retry",
        {Role.OPERATOR: 302},
        foreign=302,
        args=("failure_source", "failure"),
    ),
)

# Open to everybody: logging in and out, the statement on accessibility.
PUBLIC_PAGE_ROWS: tuple[PublicRow, ...] = (
    PublicRow("GET", "login"),
    PublicRow("GET", "accessibility"),
    PublicRow("GET", "feedback"),
    PublicRow("POST", "demo_login"),
    PublicRow("POST", "logout"),
)
