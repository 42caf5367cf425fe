"""The register of contract modifications (§ 132 GWB)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership

from .agreement import FrameworkAgreement
from .award import Award
from .change import PriceChange
from .item import ContractItem
from .lot import Lot


class ModificationGround(models.TextChoices):
    """On what a modification without a new procedure rests."""

    CLAUSE = "clause", "Überprüfungsklausel (§ 132 Abs. 2 Nr. 1 GWB)"
    ADDITIONAL = "additional", "zusätzliche Leistungen (§ 132 Abs. 2 Nr. 2 GWB)"
    UNFORESEEN = "unforeseen", "unvorhersehbare Umstände (§ 132 Abs. 2 Nr. 3 GWB)"
    SUCCESSION = "succession", "neuer Auftragnehmer (§ 132 Abs. 2 Nr. 4 GWB)"
    DE_MINIMIS = "de_minimis", "geringfügig (§ 132 Abs. 3 GWB)"


class ModificationKind(models.TextChoices):
    PRICE = "price", "Preis"
    CAP = "cap", "Höchstmenge oder Höchstwert"
    TERM = "term", "Laufzeit"
    SCOPE = "scope", "Leistungsumfang"


class ModificationState(models.TextChoices):
    PROPOSED = "proposed", "vorgeschlagen"
    APPROVED = "approved", "genehmigt"
    REJECTED = "rejected", "abgelehnt"


class ContractModification(models.Model):
    """One entry of the register; amounts are net EUR.

    `original_value` is the value of the contract at the award; `cumulative` sums all
    approved modifications resting on the same ground, this one included. Two people
    agree, neither of them the proposer. `token` tells a form that is sent again; an entry
    that comes with a price or a position has none.
    """

    agreement = models.ForeignKey(FrameworkAgreement, models.PROTECT, related_name="modifications")
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="modifications"
    )
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="modifications"
    )
    change = models.OneToOneField(
        PriceChange, models.PROTECT, null=True, blank=True, related_name="modification"
    )
    number = models.CharField("Nummer", max_length=40, unique=True)
    kind = models.CharField("Gegenstand", max_length=6, choices=ModificationKind)
    ground = models.CharField("Rechtsgrund", max_length=12, choices=ModificationGround)
    description = models.TextField("Beschreibung und Begründung")
    value = models.DecimalField("Wert (netto, EUR)", max_digits=16, decimal_places=2)
    original_value = models.DecimalField(
        "ursprünglicher Auftragswert (netto, EUR)", max_digits=16, decimal_places=2
    )
    cumulative = models.DecimalField(
        "kumulierter Wert (netto, EUR)", max_digits=16, decimal_places=2
    )
    cumulative_percent = models.DecimalField(
        "kumuliert (% des ursprünglichen Werts)", max_digits=9, decimal_places=2
    )
    new_end = models.DateField(
        "neuer letzter Tag",
        null=True,
        blank=True,
        help_text="Nur bei einer Änderung der Laufzeit: bis wann sie verlängert wird.",
    )
    notice_number = models.CharField("Bekanntmachung der Änderung", max_length=60, blank=True)
    state = models.CharField(
        "Stand", max_length=10, choices=ModificationState, default=ModificationState.PROPOSED
    )
    proposed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("vorgeschlagen am")
    token = models.UUIDField("Formular", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("entschieden am", null=True, blank=True)
    rejection = models.TextField("Grund der Ablehnung", blank=True)

    class Meta:
        verbose_name = "Vertragsänderung"
        verbose_name_plural = "Vertragsänderungen"
        ordering = ("agreement", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("agreement", "token"), name="agreements_modification_once_per_token"
            ),
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | ~Q(decider=F("proposer")),
                name="agreements_modification_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=ModificationState.APPROVED) | Q(decider__isnull=False),
                name="agreements_modification_approved_by_second",
            ),
            models.CheckConstraint(
                condition=~Q(state=ModificationState.REJECTED) | ~Q(rejection=""),
                name="agreements_modification_rejection_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind=ModificationKind.TERM, new_end__isnull=False)
                | ~Q(kind=ModificationKind.TERM) & Q(new_end__isnull=True),
                name="agreements_modification_term_names_its_end",
            ),
        )

    def __str__(self) -> str:
        return self.number


class UseLevel(models.TextChoices):
    """Where the value of an entry is spent; one order passes through each level once."""

    AGREEMENT = "agreement_value", "Höchstwert der Rahmenvereinbarung"
    LOT = "lot_value", "Höchstwert der Lose"
    AWARD = "award_value", "Höchstwert der Zuschläge"
    POSITION = "item_quantity", "Höchstmenge der Positionen"
    TERM = "term", "Laufzeit"


class ModificationUse(models.Model):
    """What was done on the ground of an approved entry, and how much of its value it took.

    The same money is limited at several levels, so the value counts once per level: the uses
    of a level never add up to more than the entry's value (trigger
    `agreements_entry_not_exceeded`). Rows are final.
    """

    entry = models.ForeignKey(ContractModification, models.PROTECT, related_name="uses")
    level = models.CharField("Ebene", max_length=16, choices=UseLevel)
    account = models.ForeignKey(
        LimitAccount, models.PROTECT, null=True, blank=True, related_name="+"
    )
    new_end = models.DateField("neuer letzter Tag", null=True, blank=True)
    amount = models.DecimalField("Wert (netto, EUR)", max_digits=16, decimal_places=2)
    used_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    used_at = models.DateTimeField("genutzt am")

    class Meta:
        verbose_name = "Nutzung einer Vertragsänderung"
        verbose_name_plural = "Nutzungen von Vertragsänderungen"
        ordering = ("entry", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("entry", "account"), name="agreements_entry_raises_a_cap_once"
            ),
            models.UniqueConstraint(
                fields=("entry",),
                condition=Q(level=UseLevel.TERM),
                name="agreements_entry_extends_once",
            ),
            models.CheckConstraint(
                condition=Q(level=UseLevel.TERM, account__isnull=True, new_end__isnull=False)
                | ~Q(level=UseLevel.TERM) & Q(account__isnull=False, new_end__isnull=True),
                name="agreements_entry_use_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="agreements_entry_use_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_level_display()}"


class PositionProposal(models.Model):
    """A position that a listed agreement is to get, as the register's entry describes it.

    It waits for the second person, whose approval of the entry writes it (`item`).
    """

    entry = models.OneToOneField(ContractModification, models.PROTECT, related_name="position")
    award = models.ForeignKey(Award, models.PROTECT, related_name="position_proposals")
    content = models.JSONField("Position und Preis")
    item = models.OneToOneField(
        ContractItem, models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        verbose_name = "Positionsvorschlag"
        verbose_name_plural = "Positionsvorschläge"

    def __str__(self) -> str:
        return f"{self.entry}: Position {self.content['spec']['number']}"
