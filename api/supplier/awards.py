"""Which award, item and article a supplier's program means by its references."""

from __future__ import annotations

from api.refusals import UnknownArticle, UnknownAward, UnknownItem
from contracts.agreements.models import AgreementState, Article, Award, ContractItem
from contracts.parties.models import Membership


def award_id(by: Membership, reference: str, agreement: str | None) -> int:
    """The one award of the supplier with this reference. Raises UnknownAward."""
    found = Award.objects.filter(supplier_id=by.organisation_id, reference=reference)
    if agreement:
        found = found.filter(lot__agreement__number=agreement)
    keys = list(found.values_list("pk", flat=True)[:2])
    if len(keys) != 1:
        raise UnknownAward(
            f"Der Vermerk „{reference}“ steht bei mehreren Zuschlägen. Bitte auch agreement nennen."
            if keys
            else f"Einen Zuschlag „{reference}“ haben Sie nicht."
        )
    return int(keys[0])


def item_id(award: int, number: str) -> int:
    """The item of the award with this number. Raises UnknownItem."""
    rows = ContractItem.objects.filter(award_id=award, number=number).exclude(
        award__lot__agreement__state=AgreementState.DRAFT
    )
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise UnknownItem(f"Eine Position „{number}“ hat dieser Zuschlag nicht.")
    return int(found)


def article_id(by: Membership, supplier_aid: str) -> int:
    """The supplier's article with this number. Raises UnknownArticle."""
    rows = Article.objects.filter(supplier_id=by.organisation_id, supplier_aid=supplier_aid)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise UnknownArticle(f"Einen Artikel „{supplier_aid}“ haben Sie nicht.")
    return int(found)
