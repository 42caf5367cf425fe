"""Shapes of requisitions as buyers' programs read them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers import Moment, Money


class SourceShape(serializers.Serializer):
    """Where an article comes from."""

    code = serializers.CharField()
    name = serializers.CharField()


class PlaceShape(serializers.Serializer):
    """Where and when a line is to be delivered; without a school to the authority itself."""

    school_no = serializers.CharField(source="school.school_no", default=None, allow_null=True)
    name = serializers.CharField(help_text="Empfänger")
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    contact = serializers.CharField()
    phone = serializers.CharField()
    earliest = serializers.DateField(allow_null=True, help_text="frühestens am")
    latest = serializers.DateField(allow_null=True, help_text="spätestens am")
    time_from = serializers.TimeField(
        format="%H:%M", allow_null=True, help_text="Anlieferung von (Europe/Berlin)"
    )
    time_until = serializers.TimeField(format="%H:%M", allow_null=True, help_text="bis")
    note = serializers.CharField(help_text="Hinweis zur Anlieferung")


class AssignmentShape(serializers.Serializer):
    """Which budget line carries which share of a line; amounts in EUR."""

    budget_line = serializers.IntegerField(source="budget_line_id")
    title = serializers.CharField(source="budget_line.title")
    percent = Money(source="share_percent", decimal_places=4)
    deductible_percent = Money(decimal_places=4, help_text="abziehbare Vorsteuer in Prozent")
    net = Money()
    tax = Money()
    gross = Money()
    bound = Money(help_text="im Haushalt gebunden: brutto ohne abziehbare Vorsteuer")


class RequisitionLineShape(serializers.Serializer):
    """A line; its number stays with it over all revisions and is never used again."""

    line_no = serializers.IntegerField()
    article = serializers.IntegerField(source="listing_id", help_text="Kennung der Listung")
    supplier = SourceShape(source="listing.article.supplier")
    supplier_aid = serializers.CharField(source="listing.article.supplier_aid")
    title = serializers.CharField()
    agreement = serializers.CharField(source="listing.item.award.lot.agreement.number")
    lot = serializers.IntegerField(source="listing.item.award.lot.number")
    item = serializers.CharField(source="item.number", help_text="Vertragsposition")
    quantity = serializers.IntegerField()
    unit = serializers.CharField(help_text="UN/ECE Rec. 20")
    net_unit_price = Money(decimal_places=4)
    price_unit = serializers.IntegerField(help_text="Preis je so viele Einheiten")
    periods = serializers.IntegerField()
    tax_category = serializers.CharField(help_text="UNCL 5305")
    tax_rate = Money(help_text="Prozent")
    net = Money()
    tax = Money()
    gross = Money()
    assignments = AssignmentShape(many=True)
    delivery = PlaceShape(allow_null=True)


class CutShape(serializers.Serializer):
    """A line of which less was granted than asked; 0 refuses it."""

    line_no = serializers.IntegerField(source="line.line_no")
    asked = serializers.IntegerField(source="line.quantity")
    granted = serializers.IntegerField()
    reason = serializers.CharField()


class DecisionShape(serializers.Serializer):
    """What one person decided, possibly for another."""

    person = serializers.CharField()
    on_behalf_of = serializers.CharField(allow_null=True, help_text="vertretene Person")
    verdict = serializers.CharField(help_text="approve, reject oder return")
    comment = serializers.CharField()
    resolution = serializers.CharField(help_text="Beschluss des Gremiums")
    decided_at = Moment()
    cuts = CutShape(source="lines", many=True)


class StepShape(serializers.Serializer):
    """A signature group that the round asks for, and why."""

    tier = serializers.IntegerField()
    role = serializers.CharField()
    role_name = serializers.CharField(source="get_role_display")
    signers = serializers.IntegerField(help_text="Anzahl der Unterschriften")
    reason = serializers.CharField()
    committee = serializers.CharField(help_text="Gremium, dessen Beschluss nötig ist")
    committee_on = serializers.DateField(allow_null=True, help_text="Sitzung am")
    opened_at = Moment(allow_null=True, help_text="an der Reihe seit")
    deadline = Moment(help_text="Prognose, solange die Stufe nicht an der Reihe ist")
    completed_at = Moment(allow_null=True)
    decisions = DecisionShape(many=True)


class IssuedShape(serializers.Serializer):
    """A call-off that came of the requisition."""

    number = serializers.CharField()
    state = serializers.CharField()
    supplier = SourceShape()
    net = Money()
    gross = Money()


class RequisitionHead(serializers.Serializer):
    """A requisition without its lines."""

    number = serializers.CharField(source="requisition.number")
    state = serializers.CharField(source="requisition.state")
    state_name = serializers.CharField(source="requisition.get_state_display")
    title = serializers.CharField(source="revision.title")
    needed_by = serializers.DateField(source="revision.needed_by", allow_null=True)
    school_no = serializers.CharField(
        source="requisition.school.school_no", default=None, allow_null=True
    )
    created_by = serializers.CharField(source="requisition.created_by.user")
    created_at = Moment(source="requisition.created_at")
    handed_over_at = Moment(
        source="requisition.handed_over_at",
        allow_null=True,
        help_text="seitdem liegt sie bei der Beschaffung",
    )
    submitted_at = Moment(source="requisition.submitted_at", allow_null=True)
    decided_at = Moment(source="requisition.decided_at", allow_null=True)
    expires_at = Moment(source="requisition.expires_at", allow_null=True)
    updated_at = Moment(source="requisition.updated_at")
    revision = serializers.IntegerField(source="requisition.current_revision", help_text="Fassung")
    currency = serializers.SerializerMethodField()
    net = Money(source="revision.net")
    tax = Money(source="revision.tax", help_text="Vorschau")
    gross = Money(source="revision.gross")

    def get_currency(self, _row: Any) -> str:
        return "EUR"


class RequisitionShape(RequisitionHead):
    """A requisition with its lines, the round of approval and what came of it."""

    justification = serializers.CharField(source="revision.justification")
    lines = RequisitionLineShape(source="revision.lines", many=True)
    steps = StepShape(source="requisition.round", many=True)
    call_offs = IssuedShape(source="requisition.call_offs", many=True)
