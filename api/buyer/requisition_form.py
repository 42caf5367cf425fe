"""What a buyer's program sends to ask for something; the domain says what of it is possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from contracts.pricing import InvalidQuantity
from contracts.refusals import Refusal
from orders.errors import InvalidAssignment, InvalidDelivery
from orders.requisitions import Place, Share
from orders.requisitions.ask import HUNDRED, require_order, require_quantity, require_whole

MAX_LINES = 1_000
_MAX_KEY = 2**63 - 1
_TREASURERS = "deductible_percent"
_DECIDED = (
    "Wie viel Vorsteuer abziehbar ist, legt die Kämmerei an der Haushaltsposition fest. "
    "Bitte lassen Sie die Angabe weg."
)


@dataclass(frozen=True, slots=True)
class ArticleNumber:
    """An article by the number its supplier gave it."""

    supplier: str
    number: str


def refused(error: Refusal) -> serializers.ValidationError:
    """The domain's refusal, to be told at the field it is about."""
    return serializers.ValidationError(str(error), code=error.code)


@extend_schema_field({"type": "integer", "minimum": 1})
class QuantityField(serializers.Field):
    """A whole number of pieces; neither text nor a fraction."""

    def to_internal_value(self, data: Any) -> int:
        quantity = data if isinstance(data, int) and not isinstance(data, bool) else 0
        try:
            require_quantity(quantity)
        except InvalidQuantity as error:
            raise refused(error) from None
        return quantity


class DayField(serializers.DateField):
    """A day (ISO 8601)."""

    default_error_messages = {  # noqa: RUF012 - DRF reads it so
        "invalid": "Bitte ein Datum als JJJJ-MM-TT angeben.",
        "datetime": "Bitte ein Datum als JJJJ-MM-TT angeben.",
    }


class HourField(serializers.TimeField):
    """A time of the day, in Europe/Berlin."""

    default_error_messages = {  # noqa: RUF012 - DRF reads it so
        "invalid": "Bitte eine Uhrzeit als HH:MM angeben."
    }


class ArticleNumberForm(serializers.Serializer):
    """The supplier's code and its article number."""

    supplier = serializers.CharField(max_length=40)
    number = serializers.CharField(max_length=60)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 1},
            {
                "type": "object",
                "required": ["supplier", "number"],
                "properties": {"supplier": {"type": "string"}, "number": {"type": "string"}},
            },
        ]
    }
)
class ArticleField(serializers.Field):
    """The key of a listing, or an object with supplier and number."""

    default_error_messages = {  # noqa: RUF012 - DRF reads it so
        "invalid": "Bitte die Kennung der Listung oder supplier und number angeben."
    }

    def to_internal_value(self, data: Any) -> int | ArticleNumber:
        if isinstance(data, dict):
            form = ArticleNumberForm(data=data)
            form.is_valid(raise_exception=True)
            return ArticleNumber(**form.validated_data)
        if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= _MAX_KEY:
            self.fail("invalid")
        return data


class AssignmentForm(serializers.Serializer):
    """Which budget line carries how many percent."""

    budget_line = serializers.IntegerField(min_value=1, max_value=_MAX_KEY)
    percent = serializers.DecimalField(max_digits=12, decimal_places=None, default=HUNDRED)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse what the treasurer decides; to ignore it would bind more than was sent."""
        if isinstance(data, dict) and _TREASURERS in data:
            raise serializers.ValidationError(
                {_TREASURERS: [ErrorDetail(_DECIDED, "not_settable")]}
            )
        return super().to_internal_value(data)


class DeliveryForm(serializers.Serializer):
    """Where and when; what is left out is taken from the school's standing data."""

    school_no = serializers.CharField(
        max_length=10, allow_null=True, help_text="null: an den Schulträger selbst"
    )
    contact = serializers.CharField(max_length=200, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, allow_blank=True, default="")
    earliest = DayField(allow_null=True, default=None)
    latest = DayField(allow_null=True, default=None)
    time_from = HourField(allow_null=True, default=None)
    time_until = HourField(allow_null=True, default=None)
    note = serializers.CharField(max_length=250, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            require_order(place_of(attrs, None))
        except InvalidDelivery as error:
            raise refused(error) from None
        return attrs


class AssignedForm(serializers.Serializer):
    """Account assignment and place, for a whole requisition or for one line of it."""

    assignments = AssignmentForm(many=True, required=False, max_length=100)
    delivery = DeliveryForm(allow_null=True, default=None)

    def validate_assignments(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if rows:
            try:
                require_whole([Share(0, row["percent"]) for row in rows])
            except InvalidAssignment as error:
                raise refused(error) from None
        return rows


class LineForm(AssignedForm):
    """One article; assignments and delivery only where they differ from the default."""

    article = ArticleField(
        help_text="Kennung der Listung, oder supplier (Kürzel) und number (Artikelnummer)"
    )
    quantity = QuantityField()


class RevisedLineForm(LineForm):
    """A line that stays names its number; without one it is new."""

    line_no = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class HeadForm(AssignedForm):
    """The head; its assignments and delivery are the default of all lines."""

    title = serializers.CharField(max_length=200)
    justification = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    needed_by = DayField(allow_null=True, default=None)


class RequisitionForm(HeadForm):
    """A new requisition."""

    school_no = serializers.CharField(
        max_length=10,
        allow_null=True,
        default=None,
        help_text="Schule, für die angefordert wird; bei einer Schule immer sie selbst",
    )
    lines = LineForm(many=True, max_length=MAX_LINES)


class RevisionForm(HeadForm):
    """The whole new content of a requisition; lines that are left out are gone."""

    lines = RevisedLineForm(many=True, max_length=MAX_LINES)


def place_of(given: dict[str, date | time | str | None], school_id: int | None) -> Place:
    """A delivery as the domain asks for it."""
    rest = {name: value for name, value in given.items() if name != "school_no"}
    return Place(school_id=school_id, **rest)
