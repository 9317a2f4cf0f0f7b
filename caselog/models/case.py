from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from caselog import visits
from caselog.choices import (
    AETIOLOGIES,
    Aetiology,
    Anaesthesia,
    AzoospermiaType,
    CaseState,
    FollowUpMonth,
    KlinefelterStatus,
    OperationStatus,
    PriorRetrieval,
    Procedure,
    ResultStatus,
    Sides,
    YMicrodeletion,
)
from caselog.models.background import Background
from caselog.models.clinic import Clinic
from caselog.models.fields import asked_only_when, one_of, rules_of, together
from caselog.models.patient import Patient
from caselog.models.procedure import ProcedureDetail
from caselog.permissions import ClinicOwnedQuerySet

NON_OBSTRUCTIVE = Q(azoospermia_type=AzoospermiaType.NON_OBSTRUCTIVE)
PERFORMED = Q(status=OperationStatus.PERFORMED)
CANCELLED = Q(status=OperationStatus.CANCELLED)
AWAITING_LABORATORY = PERFORMED & ~Q(sides="") & ~Q(laboratory_report__result_status=ResultStatus.FINAL)
FOLLOWED_UP = Q(state=CaseState.COMPLETE) & ~CANCELLED
EARLIEST_OPERATION = date(1970, 1, 1)  # an earlier one is a slip of the year


def _aetiology_agrees_with_type() -> Q:
    free = ~Q(azoospermia_type__in=AETIOLOGIES) | Q(primary_aetiology="")
    for kind, causes in AETIOLOGIES.items():
        free |= Q(azoospermia_type=kind, primary_aetiology__in=causes)
    return free


def follow_up_due(month: str, today: date) -> Q:
    window = visits.operated_when_due(month, today)
    return Q(procedure_date__range=(window.first, window.last)) & _unrecorded(month)


def follow_up_overdue(month: str, today: date) -> Q:
    return Q(procedure_date__lt=visits.operated_when_due(month, today).first) & _unrecorded(month)


def _unrecorded(month: str) -> Q:
    from caselog.models.follow_up import FollowUp  # which is built on this module

    return Q(~Exists(FollowUp.objects.filter(case=OuterRef("pk"), month=month)))


class CaseQuerySet(ClinicOwnedQuerySet):
    def performed(self):
        return self.filter(status=OperationStatus.PERFORMED)

    def awaiting_laboratory(self):
        """Operations without a final laboratory result, the oldest first: the laboratory's worklist.

        A draft stands in it too: the tissue reaches the bench before the paper is signed.
        """
        return self.filter(AWAITING_LABORATORY).order_by("procedure_date", "pk")

    def drafts(self):
        return self.filter(state=CaseState.DRAFT)

    def followed_up(self):
        """Signed operations that began. A draft is not: its date may yet change, or the case go."""
        return self.filter(FOLLOWED_UP)

    def follow_up_due(self, month: str, today: date):
        """Operations whose follow-up of that month is due now, with nothing recorded for it."""
        return self.followed_up().filter(follow_up_due(month, today))

    def follow_up_overdue(self, month: str, today: date):
        """Operations whose follow-up of that month should be over, with nothing recorded for it."""
        return self.followed_up().filter(follow_up_overdue(month, today))

    def follow_up_counts(self, today: date) -> dict[str, int]:
        """How many follow-ups are "due" and how many "overdue"; one query."""
        kinds = {"due": follow_up_due, "overdue": follow_up_overdue}
        found = self.followed_up().aggregate(
            **{
                f"{kind}_{month}": Count("pk", filter=condition(month, today))
                for kind, condition in kinds.items()
                for month in FollowUpMonth
            }
        )
        return {kind: sum(found[f"{kind}_{month}"] for month in FollowUpMonth) for kind in kinds}

    def newest_first(self):
        return self.order_by("-procedure_date", "-pk")


class Case(Background, ProcedureDetail):
    """One operation on one man.

    A blank answer was not given yet. "Not tested" and "unknown" are answers of their own, and a
    question that does not apply stays blank because its condition says so (caselog.dictionary).
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="cases")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="cases", verbose_name=_("patient")
    )
    number = models.CharField(_("case number"), max_length=12, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.DRAFT)
    # Raised by every save, so that the second of two editors is told instead of overwriting.
    version = models.PositiveIntegerField(default=1, editable=False)

    age_at_procedure = models.PositiveSmallIntegerField(
        _("age at operation"),
        null=True,
        blank=True,
        validators=[MinValueValidator(12), MaxValueValidator(99)],
    )
    azoospermia_type = models.CharField(
        _("azoospermia type"), max_length=16, choices=AzoospermiaType, blank=True
    )
    primary_aetiology = models.CharField(_("primary cause"), max_length=24, choices=Aetiology, blank=True)
    klinefelter_status = models.CharField(
        _("Klinefelter status"), max_length=16, choices=KlinefelterStatus, blank=True
    )
    y_microdeletion = models.CharField(
        _("Y microdeletion"), max_length=12, choices=YMicrodeletion, blank=True
    )
    attempt_number = models.PositiveSmallIntegerField(
        _("attempt number"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(11)],
        help_text=_("1 for his first sperm retrieval anywhere."),
    )
    prior_retrieval = models.CharField(
        _("earlier sperm retrieval"), max_length=12, choices=PriorRetrieval, blank=True
    )
    prior_procedure = models.CharField(
        _("last earlier procedure"), max_length=20, choices=Procedure, blank=True
    )

    procedure_date = models.DateField(_("date of operation"))
    surgeon = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="operations",
        verbose_name=_("surgeon"),
    )
    status = models.CharField(
        _("status"), max_length=12, choices=OperationStatus, default=OperationStatus.PERFORMED
    )
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)
    procedure = models.CharField(_("procedure performed"), max_length=20, choices=Procedure, blank=True)
    sides = models.CharField(_("side"), max_length=8, choices=Sides, blank=True)
    anaesthesia = models.CharField(_("anaesthesia"), max_length=16, choices=Anaesthesia, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="case_newest_first", fields=["clinic", "-procedure_date", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(name="case_number_unique_in_clinic", fields=["clinic", "number"]),
            one_of("state", CaseState, blank=False),
            one_of("azoospermia_type", AzoospermiaType),
            one_of("primary_aetiology", Aetiology),
            one_of("klinefelter_status", KlinefelterStatus),
            one_of("y_microdeletion", YMicrodeletion),
            one_of("prior_retrieval", PriorRetrieval),
            one_of("prior_procedure", Procedure),
            one_of("status", OperationStatus, blank=False),
            one_of("procedure", Procedure),
            one_of("sides", Sides),
            one_of("anaesthesia", Anaesthesia),
            models.CheckConstraint(
                name="case_operation_has_a_plausible_date",
                condition=Q(procedure_date__gte=EARLIEST_OPERATION),
            ),
            models.CheckConstraint(
                name="case_age_is_plausible",
                condition=Q(age_at_procedure__isnull=True) | Q(age_at_procedure__range=(12, 99)),
                violation_error_message=_("The age must be between 12 and 99 years."),
            ),
            models.CheckConstraint(
                name="case_aetiology_agrees_with_type",
                condition=_aetiology_agrees_with_type(),
                violation_error_message=_("This cause does not go with this type of azoospermia."),
            ),
            models.CheckConstraint(
                name="case_y_microdeletion_is_for_non_obstructive",
                condition=Q(y_microdeletion="") | NON_OBSTRUCTIVE,
            ),
            models.CheckConstraint(
                name="case_later_attempt_has_an_earlier_one",
                condition=Q(attempt_number__isnull=True)
                | Q(attempt_number=1)
                | Q(attempt_number__range=(2, 11)) & ~Q(prior_retrieval=PriorRetrieval.NO_PRIOR),
                violation_error_message=_(
                    "A later attempt has an earlier one. Correct the attempt number or the earlier retrieval."
                ),
            ),
            models.CheckConstraint(
                name="case_prior_procedure_needs_an_earlier_attempt",
                condition=Q(prior_procedure="") | ~Q(prior_retrieval__in=["", PriorRetrieval.NO_PRIOR]),
            ),
            models.CheckConstraint(
                name="case_not_performed_has_a_reason",
                condition=Q(PERFORMED, status_reason="")
                | ~PERFORMED & (~Q(status_reason="") | Q(state=CaseState.DRAFT)),
                violation_error_message=_("Say why the operation was abandoned or cancelled."),
            ),
            models.CheckConstraint(
                name="case_cancelled_has_no_operation",
                condition=~CANCELLED | Q(procedure="", sides="", anaesthesia=""),
            ),
            *rules_of(Background, ProcedureDetail),
            *asked_only_when("case", (Background, ProcedureDetail)),
            models.CheckConstraint(name="case_signed_whole", condition=together("signed_at", "signed_by")),
            models.CheckConstraint(
                name="case_complete_is_signed_and_answered",
                condition=Q(state=CaseState.DRAFT, signed_at__isnull=True)
                | (
                    Q(state=CaseState.COMPLETE, signed_at__isnull=False, attempt_number__isnull=False)
                    & Q(surgeon__isnull=False)
                    & ~Q(azoospermia_type="")
                    & ~Q(primary_aetiology="")
                    & ~Q(klinefelter_status="")
                    & ~Q(prior_retrieval="")
                    & (~NON_OBSTRUCTIVE | ~Q(y_microdeletion=""))
                    & (CANCELLED | ~Q(procedure=""))
                    & (~PERFORMED | ~Q(sides="") & ~Q(anaesthesia=""))
                ),
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_draft(self) -> bool:
        return self.state == CaseState.DRAFT

    @property
    def performed(self) -> bool:
        return self.status == OperationStatus.PERFORMED
