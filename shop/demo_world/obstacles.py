"""What stands before call-offs: an own contract, co-signatures, a recall, a suspension."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.agreements.gates.register import GateScope, GateSpec, declare_opt_out, set_gate
from contracts.agreements.models import Article, GateEffect, GateReason
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role

from .agreements import Agreements
from .days import Days, start_of
from .people import People
from .plans import SCHOOL_IT_NUMBER

RECALLED_ITEM = "1.6"
_RULES = "Dienstanweisung Schul-IT"


def stand_in_the_way(agreements: Agreements, people: People, days: Days) -> None:
    """The county buys displays elsewhere; the city asks for more signatures."""
    start, end = start_of(days.first_of(1)), days.first_of(1, years=2) - timedelta(days=1)
    declare_opt_out(
        lot_id=agreements.awards[SCHOOL_IT_NUMBER, 3, 1].lot_id,
        product_group="Displays",
        contract=f"Vertrag LK-OM-{days.year - 1}/17",
        explanation=f"Der Landkreis Ostermark hat bis {end:%d.%m.%Y} einen eigenen Displayvertrag.",
        valid_to=end,
        by=people["landkreis"],
        now=start,
    )
    _set(
        GateScope(product_group="Mini-PCs"),
        GateReason.STANDARD,
        "Der Medienentwicklungsplan sieht Notebooks statt Mini-PCs vor.",
        "Medienentwicklungsplan, Abschnitt 4",
        effect=GateEffect.WARN,
        by=people["it"],
        now=start,
    )
    _set(
        GateScope(product_group="Netzwerk"),
        GateReason.STANDARD,
        "Netzwerktechnik zeichnet die IT-Verantwortung mit.",
        _RULES,
        effect=GateEffect.COSIGN,
        cosign_role=Role.IT_OFFICER,
        by=people["it"],
        now=start,
    )
    _set(
        GateScope(product_group="Apps"),
        GateReason.PRIVACY,
        "Apps ohne Prüfsiegel zeichnet der Datenschutz mit.",
        _RULES,
        effect=GateEffect.COSIGN,
        cosign_role=Role.DATA_PROTECTION,
        by=people["datenschutz"],
        now=start,
    )


def suspend(agreements: Agreements, manager: Membership, days: Days) -> None:
    """The last rank of the cascade delivers nothing for now; a power supply is recalled."""
    last = agreements.awards[SCHOOL_IT_NUMBER, 2, 3]
    _set(
        GateScope(lot_id=last.lot_id, supplier_id=last.supplier_id),
        GateReason.SUSPENSION,
        "Der Lieferant weist die geforderte Haftpflichtversicherung zurzeit nicht nach.",
        "Schreiben der Beschaffungsstelle, dritte Erinnerung",
        by=manager,
        now=days.ago(20, 11),
    )
    recalled = Article.objects.get(
        listings__item__number=RECALLED_ITEM,
        listings__item__award__lot__agreement__number=SCHOOL_IT_NUMBER,
    )
    _set(
        GateScope(article_id=recalled.pk),
        GateReason.SAFETY,
        "Rückruf des Herstellers: Das Gehäuse kann brechen. Bitte nicht mehr einsetzen.",
        "Rückrufschreiben des Herstellers",
        by=manager,
        now=days.ago(6, 14),
    )


def _set(
    scope: GateScope,
    reason: GateReason,
    explanation: str,
    evidence: str,
    *,
    effect: GateEffect = GateEffect.BLOCK,
    cosign_role: str = "",
    by: Membership,
    now: datetime,
) -> None:
    spec = GateSpec(
        scope=scope,
        reason=reason,
        explanation=explanation,
        evidence=evidence,
        valid_from=berlin_day(now),
        effect=effect,
        cosign_role=cosign_role,
    )
    set_gate(spec, by=by, now=now)
