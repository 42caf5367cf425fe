"""Which budget entities a finance program reaches."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request

from api.auth import Grant, actor
from contracts.parties.models import BudgetEntity
from orders.errors import NotFound
from orders.finance.exports import feed_of
from orders.models import Feed


def entities(request: Request) -> QuerySet[BudgetEntity]:
    """Those of the organisation, or the one the client is bound to."""
    grant: Grant = request.auth
    rows = BudgetEntity.objects.filter(organisation_id=actor(request).organisation_id)
    bound = grant.client.budget_entity_id
    return rows if bound is None else rows.filter(pk=bound)


def feed(request: Request, code: str) -> Feed:
    """The feed of a budget entity within reach. Raises NotFound."""
    bound = request.auth.client.budget_entity
    if bound is not None and bound.code != code:
        raise NotFound("Diesen Mandanten gibt es für diesen Zugang nicht.")
    return feed_of(actor(request), code)
