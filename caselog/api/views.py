"""Find, ask, hand over to a service, answer."""

from functools import cache
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from caselog.api.fields import Version
from caselog.api.filters import CaseFilter, LaboratoryReportFilter, PatientFilter
from caselog.api.preconditions import tag, version_read
from caselog.api.retries import made_once
from caselog.api.serializers import (
    CaseChangeSerializer,
    CaseSerializer,
    ClinicChangeSerializer,
    ClinicSerializer,
    DeletionSerializer,
    LaboratoryReportChangeSerializer,
    LaboratoryReportSerializer,
    NewCaseSerializer,
    NewClinicSerializer,
    NewLaboratoryReportSerializer,
    NewPatientSerializer,
    PatientChangeSerializer,
    PatientSerializer,
)
from caselog.dictionary import LABORATORY
from caselog.models import Case, Clinic, LaboratoryReport, Membership, Patient
from caselog.reauthentication import confirmed_lately
from caselog.services import cases, clinics, doubts, laboratory, patients
from caselog.services.errors import Refused


class Records(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Records of the clinics in which the asker holds a role; for them there are no others.

    All are made and changed alike; a kind of record names its two serializers and its service.
    """

    new: ClassVar[type]  # the serializer of what a new record is made of
    changes: ClassVar[type]  # and of what may change in it
    says: ClassVar[dict[str, str]]  # what an action does, for the description of the API
    conflicts: ClassVar[set[str]] = set()  # the actions that a record's state may not allow
    takes_a_key = True  # for `create`

    @property
    def asks(self) -> dict[str, type]:
        """The serializer of what an action is sent."""
        return {"create": self.new, "update": self.changes, "partial_update": self.changes}

    def stored(self, record) -> dict[str, Any]:
        """The answers as they stand, which a partial change keeps."""
        raise NotImplementedError  # of each kind of record its own

    def save(self, record, answers: dict[str, Any], *, by):
        """Hand over to the service; without a record, make one."""
        raise NotImplementedError  # of each kind of record its own

    def get_queryset(self):
        records: Any = super().get_queryset()
        return records.visible_to(self.request.user)

    def answerable(self) -> QuerySet:
        """The records that a change may be answered with."""
        return self.get_queryset()

    @classmethod
    @cache
    def is_versioned(cls) -> bool:
        """Whether a change says which version it goes on from."""
        return any(isinstance(field, Version) for field in cls.changes().fields.values())

    def create(self, request):
        asked = self._asked()
        made = made_once(request, self.basename, lambda: self.save(None, asked, by=request.user))
        return self._answer(made, 201)

    def update(self, request, pk):
        return self._answer(self.save(self.get_object(), self._changes(), by=request.user).pk)

    def partial_update(self, request, pk):
        record = self.get_object()
        return self._answer(self.save(record, self.stored(record) | self._changes(), by=request.user).pk)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code < 300 and isinstance(response.data, dict) and "version" in response.data:
            response.headers["ETag"] = tag(response.data["version"])
        return response

    def _changes(self) -> dict[str, Any]:
        asked = self._asked()
        if self.is_versioned():
            asked["version"] = version_read(self.request, asked.get("version"))
        return asked

    def _asked(self) -> dict[str, Any]:
        serializer = self.asks[self.action](
            data=self.request.data,
            partial=self.action == "partial_update",
            context=self.get_serializer_context(),
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _answer(self, pk: int, status: int = 200) -> Response:
        record = self.answerable().filter(pk=pk).first()
        if record is None:
            raise Refused(_("What this request made is not there any more."))
        return Response(self.get_serializer(record).data, status=status)


class ClinicViewSet(Records):
    """Clinics, and who works there now."""

    queryset = Clinic.objects.prefetch_related(
        Prefetch(
            "memberships",
            Membership.objects.current().select_related("user").order_by("user__name", "pk"),
            to_attr="current_memberships",
        )
    )
    serializer_class, new, changes = ClinicSerializer, NewClinicSerializer, ClinicChangeSerializer
    says: ClassVar = {
        "create": "A new clinic, whose first administrator is the caller. "
        "Only for whoever runs the installation.",
        "update": "Change the name.",
        "partial_update": "Change the name.",
    }

    def stored(self, clinic):
        return {"name": clinic.name}

    def save(self, clinic, answers, *, by):
        if clinic is None:
            return clinics.create_clinic(by=by, **answers)
        return clinics.rename_clinic(by=by, clinic=clinic, **answers)


class PatientViewSet(Records):
    """Men, each known by a code of the clinic's own."""

    queryset = Patient.objects.select_related("clinic")
    filterset_class = PatientFilter
    serializer_class, new, changes = PatientSerializer, NewPatientSerializer, PatientChangeSerializer
    conflicts: ClassVar = {"update", "partial_update"}
    says: ClassVar = {
        "create": "Log a man before his first case. A case makes its patient by itself.",
        "update": "Replace what is recorded about him; what is absent is taken away. "
        "Each answer is its owners', as the data dictionary names them.",
        "partial_update": "Change the answers that are given and keep the others. "
        "Each answer is its owners', as the data dictionary names them.",
    }

    def stored(self, patient):
        return {}  # the service keeps what is absent

    def save(self, patient, answers, *, by):
        clinic = patient.clinic if patient else answers.pop("clinic")
        if self.action == "update":
            answers = dict.fromkeys(patients.COLUMNS) | answers
        return patients.save_patient(
            by=by,
            clinic=clinic,
            patient=patient,
            today=timezone.localdate(),
            confirmed=confirmed(answers),
            **answers,
        )


class CaseViewSet(Records):
    """Operations, drafts included."""

    queryset = Case.objects.select_related(
        "clinic", "patient", "surgeon", "assistant", "laboratory_report"
    ).prefetch_related("testes", "measurements")
    filterset_class = CaseFilter
    serializer_class, new, changes = CaseSerializer, NewCaseSerializer, CaseChangeSerializer
    conflicts: ClassVar = {"create", "update", "partial_update", "destroy"}
    says: ClassVar = {
        "create": "Log an operation as a draft; with `sign`, complete it.",
        "update": "Replace all answers; what is absent counts as not answered. "
        "With `sign`, complete the case.",
        "partial_update": "Change the answers that are given and keep the others. "
        "With `sign`, complete the case.",
        "destroy": "Remove a draft that the laboratory has not reported; one of a locked period "
        "only with a `reason`.",
    }

    def stored(self, case):
        return cases.answers_of(case)

    def save(self, case, answers, *, by):
        if answers.get("sign") or not (case is None or case.is_draft):
            _require_confirmed(self.request)
        return cases.save_operation(
            by=by,
            case=case,
            clinic=case.clinic if case else answers.pop("clinic"),
            version=answers.pop("version", None),
            sign=answers.pop("sign", False),
            reason=answers.pop("reason", ""),
            confirmed=confirmed(answers),
            answers=answers,
            today=timezone.localdate(),
        )

    @extend_schema(parameters=[DeletionSerializer])
    def destroy(self, request, pk):
        case = get_object_or_404(self.get_queryset(), pk=pk)  # not by the list's filters: a reason is none
        asked = DeletionSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        cases.delete_draft(
            by=request.user,
            case=case,
            version=version_read(request),
            reason=asked.validated_data["reason"],
        )
        return Response(status=204)


class LaboratoryReportViewSet(Records):
    """What the laboratory found, one report a case."""

    queryset = LaboratoryReport.objects.select_related("case__clinic", "witness").prefetch_related(
        "case__testes__finding"
    )
    filterset_class = LaboratoryReportFilter
    serializer_class = LaboratoryReportSerializer
    new, changes = NewLaboratoryReportSerializer, LaboratoryReportChangeSerializer
    conflicts: ClassVar = {"create", "update", "partial_update"}
    says: ClassVar = {
        "create": "Report a case that has no report yet, preliminary or final.",
        "update": "Replace all answers of a preliminary report; what the operation holds too stays where it "
        "is absent. With `final`, report as final.",
        "partial_update": "Change the answers that are given and keep the others. "
        "With `final`, report as final.",
    }

    def stored(self, report):
        # Of what the operation holds too the service keeps what is absent.
        return laboratory.answers_of(report.case, LABORATORY)

    def save(self, report, answers, *, by):
        if answers.get("final") or (report is not None and report.is_final):
            _require_confirmed(self.request)
        return laboratory.report(
            by=by,
            case=report.case if report else answers.pop("case"),
            version=answers.pop("version", 0),
            final=answers.pop("final", False),
            reason=answers.pop("reason", ""),
            confirmed=confirmed(answers),
            answers=answers,
        )


def _require_confirmed(request) -> None:
    """A program signs by its token; the session of a browser asks its person again after a while."""
    if request.auth is None and not confirmed_lately(request):
        raise PermissionDenied(_("You signed in too long ago to sign this. Sign in again, or use a token."))


def confirmed(answers: dict[str, Any]) -> dict[str, doubts.Confirmed]:
    return {
        said["code"]: doubts.Confirmed(said["about"], said["reason"]) for said in answers.pop("confirm", [])
    }


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(_request):
    """An address of the API that nothing stands at is answered like a record that is not there."""
    raise NotFound
