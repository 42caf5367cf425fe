"""What arrived of a call-off, and what is not to come any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api import etags, idempotency
from api.auth import actor
from api.refusals import InvalidParameter
from api.schema.operations import parameter
from api.scopes import Scope
from api.serializers import Money
from api.views import BuyerView, IdempotentPost
from contracts.digits import whole
from orders.call_offs import cancellations, goods_receipts
from orders.call_offs.cancel_effect import Effect
from orders.models import CallOff

from .call_offs import TAGS, OwnCallOffShape, body, own
from .requisition_form import MAX_LINES, DayField

_MAX_QUANTITY = 2_147_483_647


class QuantityForm(serializers.Serializer):
    """So many pieces of a line."""

    line_no = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1, max_value=_MAX_QUANTITY)


class QuantitiesForm(serializers.Serializer):
    """Pieces of some lines."""

    lines = QuantityForm(
        many=True,
        allow_null=True,
        allow_empty=False,
        max_length=MAX_LINES,
        default=None,
        help_text="ohne Angabe: alles, was offen ist",
    )


class CancellationForm(QuantitiesForm):
    """What is cancelled, and why."""

    reason = serializers.CharField(
        max_length=cancellations.REASON_LENGTH, help_text="Der Lieferant liest sie."
    )


class ReceiptForm(QuantitiesForm):
    """What arrived, and when."""

    received_on = DayField()
    delivery_note = serializers.CharField(max_length=60, allow_blank=True, default="")


class LostTierShape(serializers.Serializer):
    """A tier that the rest would not have reached; the price stays all the same."""

    title = serializers.CharField()
    rest = serializers.IntegerField(help_text="Menge, die bliebe")
    price = Money(decimal_places=4, help_text="netto, wie erteilt")
    price_of_rest = Money(decimal_places=4, help_text="netto in der Staffel dieser Menge")


class GoingShape(serializers.Serializer):
    """Pieces of a line that would go."""

    line_no = serializers.IntegerField()
    quantity = serializers.IntegerField()


class CancellationEffectShape(serializers.Serializer):
    """What a cancellation would do; `lines` is what to send to do it."""

    lines = GoingShape(many=True, help_text="was ginge, samt dem, was mitgeht")
    net_back = Money(help_text="EUR, würde frei")
    net_kept = Money(help_text="EUR, bliebe")
    lost_tiers = LostTierShape(many=True)
    refusals = serializers.ListField(
        child=serializers.CharField(), help_text="was dagegen spricht; leer: es geht"
    )


class CancellationEffect(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}
    required_roles: ClassVar = cancellations.CANCELLING_ROLES

    @extend_schema(
        operation_id="buyer_call_offs_cancellation_effect",
        summary="Zeigen, was eine Stornierung bewirkt",
        description=(
            "Ändert nichts. Was an einem stornierten Gerät hängt, geht mit und steht in lines."
        ),
        tags=TAGS,
        parameters=[parameter("line", str, "Zeile und Menge, etwa 1:10; mehrfach; ohne: alles")],
        responses={200: CancellationEffectShape},
    )
    def get(self, request: Request, number: str) -> Response:
        call_off = own(request, number)
        effect = cancellations.foresee(
            call_off_id=call_off.pk,
            quantities=_quantities({"lines": _named(request) or None}, call_off),
            by=actor(request),
            now=timezone.now(),
        )
        return Response(CancellationEffectShape(_effect(effect, call_off)).data)


class CallOffCancel(IdempotentPost, BuyerView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}
    required_roles: ClassVar = cancellations.CANCELLING_ROLES

    @extend_schema(
        operation_id="buyer_call_offs_cancel",
        summary="Stornieren, was noch nicht geliefert ist",
        description=(
            "lines nennt alles, was gehen soll, wie cancellation-effect es zeigt; ginge "
            "inzwischen etwas anderes mit, geschieht nichts (409). Der Preis bleibt, wie erteilt."
        ),
        tags=TAGS,
        request=CancellationForm,
        responses={200: OwnCallOffShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        call_off = own(request, number)
        given = _checked(CancellationForm, request.data)
        quantities = _quantities(given, call_off)
        cancellations.cancel(
            call_off_id=call_off.pk,
            quantities=quantities,
            shown=quantities,
            reason=given["reason"],
            token=_token(request),
            by=actor(request),
            now=timezone.now(),
        )
        return etags.done(body(request, number))


class CallOffReceive(IdempotentPost, BuyerView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="buyer_call_offs_receive",
        summary="Einen Wareneingang erfassen",
        description="Die Beschaffung für jeden Abruf, eine Schule für ihre eigenen.",
        tags=TAGS,
        request=ReceiptForm,
        responses={200: OwnCallOffShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        call_off = own(request, number)
        given = _checked(ReceiptForm, request.data)
        goods_receipts.receive(
            call_off_id=call_off.pk,
            quantities=_quantities(given, call_off),
            received_on=given["received_on"],
            delivery_note=given["delivery_note"],
            token=_token(request),
            by=actor(request),
            now=timezone.now(),
        )
        return etags.done(body(request, number))


def _named(request: Request) -> list[dict[str, int]]:
    """The lines and quantities in the address. Raises InvalidParameter."""
    found = []
    for text in request.query_params.getlist("line"):
        line, _, quantity = text.partition(":")
        row = {"line_no": whole(line), "quantity": whole(quantity, most_digits=9)}
        if not all(row.values()):
            raise InvalidParameter("line", "„line“ nennt Zeile und Menge, etwa 1:10.")
        found.append(row)
    return found


def _checked(form: type[serializers.Serializer], data: Any) -> Mapping[str, Any]:
    checked = form(data=data)
    checked.is_valid(raise_exception=True)
    return checked.validated_data


def _quantities(given: Mapping[str, Any], call_off: CallOff) -> dict[int, int] | None:
    """Pieces by line id. Raises ValidationError at every line that is unknown or named twice."""
    if given["lines"] is None:
        return None
    known = dict(call_off.lines.values_list("line_no", "pk"))
    found: dict[int, int] = {}
    faults: dict[int, dict[str, list[str]]] = {}
    for index, row in enumerate(given["lines"]):
        pk = known.get(row["line_no"])
        if pk is None or pk in found:
            text = "Diese Zeile hat der Abruf nicht." if pk is None else "Zweimal dieselbe Zeile."
            faults[index] = {"line_no": [text]}
        else:
            found[pk] = row["quantity"]
    if faults:
        raise ValidationError({"lines": [faults.get(i, {}) for i in range(len(given["lines"]))]})
    return found


def _token(request: Request) -> UUID:
    """The key as the token of the domain: it counts once also when the stored answer is gone."""
    key = request.headers[idempotency.HEADER]
    return uuid5(NAMESPACE_URL, f"client:{request.auth.client.pk}:{key}")


def _effect(effect: Effect, call_off: CallOff) -> dict[str, Any]:
    numbers = call_off.lines.order_by("line_no").values_list("line_no", "pk")
    return {
        "lines": [
            {"line_no": number, "quantity": effect.quantities[pk]}
            for number, pk in numbers
            if pk in effect.quantities
        ],
        "net_back": effect.net_back,
        "net_kept": effect.net_kept,
        "lost_tiers": effect.lost_tiers,
        "refusals": effect.refusals,
    }
