"""Find, ask, hand over to a service, answer."""

from typing import Any, ClassVar

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from caselog.api.filters import CaseFilter, LaboratoryReportFilter, PatientFilter
from caselog.api.serializers import (
    CaseChangeSerializer,
    CaseSerializer,
    ClinicChangeSerializer,
    ClinicSerializer,
    LaboratoryReportChangeSerializer,
    LaboratoryReportSerializer,
    NewCaseSerializer,
    NewClinicSerializer,
    NewLaboratoryReportSerializer,
    NewPatientSerializer,
    PatientChangeSerializer,
    PatientSerializer,
)
from caselog.models import Case, Clinic, LaboratoryReport, Membership, Patient
from caselog.services import cases, clinics, laboratory, patients


class Records(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Records of the clinics in which the asker holds a role; for them there are no others."""

    asks: ClassVar[dict[str, type]] = {}  # the serializer of what an action is sent
    conflicts: ClassVar[set[str]] = set()  # the actions that a record's state may not allow

    def get_queryset(self):
        records: Any = super().get_queryset()
        return records.visible_to(self.request.user)

    def asked(self) -> dict[str, Any]:
        serializer = self.asks[self.action](
            data=self.request.data,
            partial=self.action == "partial_update",
            context=self.get_serializer_context(),
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def answer(self, record, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=record.pk)).data, status=status)


class ClinicViewSet(Records):
    """Clinics, and who works there now."""

    queryset = Clinic.objects.prefetch_related(
        Prefetch(
            "memberships",
            Membership.objects.current().select_related("user").order_by("user__name", "pk"),
            to_attr="current_memberships",
        )
    )
    serializer_class = ClinicSerializer
    asks: ClassVar = {
        "create": NewClinicSerializer,
        "update": ClinicChangeSerializer,
        "partial_update": ClinicChangeSerializer,
    }

    def create(self, request):
        """A new clinic, whose first administrator is the caller. Only for whoever runs the installation."""
        return self.answer(clinics.create_clinic(by=request.user, **self.asked()), 201)

    def update(self, request, pk):
        """Change the name."""
        clinic = self.get_object()
        name = self.asked().get("name", clinic.name)
        return self.answer(clinics.rename_clinic(by=request.user, clinic=clinic, name=name))

    def partial_update(self, request, pk):
        """Change the name."""
        return self.update(request, pk)


class PatientViewSet(Records):
    """Men, each known by a code of the clinic's own."""

    queryset = Patient.objects.select_related("clinic")
    serializer_class = PatientSerializer
    filterset_class = PatientFilter
    asks: ClassVar = {
        "create": NewPatientSerializer,
        "update": PatientChangeSerializer,
        "partial_update": PatientChangeSerializer,
    }

    def create(self, request):
        """Log a man before his first case. A case makes its patient by itself."""
        return self.answer(patients.save_patient(by=request.user, **self.asked()), 201)

    def update(self, request, pk):
        """Replace the code and the birth year."""
        return self._change(self.get_object(), {})

    def partial_update(self, request, pk):
        """Change the code or the birth year."""
        patient = self.get_object()
        return self._change(patient, {"code": patient.code, "birth_year": patient.birth_year})

    def _change(self, patient, kept):
        changed = kept | self.asked()
        saved = patients.save_patient(by=self.request.user, clinic=patient.clinic, patient=patient, **changed)
        return self.answer(saved)


class CaseViewSet(Records):
    """Operations, drafts included."""

    queryset = Case.objects.select_related(
        "clinic", "patient", "surgeon", "laboratory_report"
    ).prefetch_related("testes")
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    asks: ClassVar = {
        "create": NewCaseSerializer,
        "update": CaseChangeSerializer,
        "partial_update": CaseChangeSerializer,
    }
    conflicts: ClassVar = {"update", "partial_update", "destroy"}

    def create(self, request):
        """Log an operation as a draft; with `sign`, complete it."""
        answers = self.asked()
        return self._save(answers, clinic=answers.pop("clinic"), status=201)

    def update(self, request, pk):
        """Replace all answers; what is absent counts as not answered. With `sign`, complete the case."""
        return self._change(self.get_object(), {})

    def partial_update(self, request, pk):
        """Change the answers that are given and keep the others. With `sign`, complete the case."""
        case = self.get_object()
        return self._change(case, cases.answers_of(case))

    def destroy(self, request, pk):
        """Remove a draft that the laboratory has not reported."""
        cases.delete_draft(by=request.user, case=self.get_object())
        return Response(status=204)

    def _change(self, case, kept):
        answers = kept | self.asked()
        return self._save(answers, clinic=case.clinic, case=case, version=answers.pop("version"))

    def _save(self, answers, *, status: int = 200, **where):
        sign = answers.pop("sign", False)
        saved = cases.save_operation(
            by=self.request.user, answers=answers, sign=sign, today=timezone.localdate(), **where
        )
        return self.answer(saved, status)


class LaboratoryReportViewSet(Records):
    """What the laboratory found, one report a case."""

    queryset = LaboratoryReport.objects.select_related("case__clinic", "witness").prefetch_related(
        "case__testes__finding"
    )
    serializer_class = LaboratoryReportSerializer
    filterset_class = LaboratoryReportFilter
    asks: ClassVar = {
        "create": NewLaboratoryReportSerializer,
        "update": LaboratoryReportChangeSerializer,
        "partial_update": LaboratoryReportChangeSerializer,
    }
    conflicts: ClassVar = {"create", "update", "partial_update"}

    def create(self, request):
        """Report a case that has no report yet, preliminary or final."""
        answers = self.asked()
        return self._report(answers, case=answers.pop("case"), version=0, status=201)

    def update(self, request, pk):
        """Replace all answers of a preliminary report. With `final`, report as final."""
        return self._change(self.get_object(), {})

    def partial_update(self, request, pk):
        """Change the answers that are given and keep the others. With `final`, report as final."""
        report = self.get_object()
        return self._change(report, laboratory.answers_of(report.case))

    def _change(self, report, kept):
        answers = kept | self.asked()
        return self._report(answers, case=report.case, version=answers.pop("version"))

    def _report(self, answers, *, status: int = 200, **which):
        final = answers.pop("final", False)
        saved = laboratory.report(by=self.request.user, answers=answers, final=final, **which)
        return self.answer(saved, status)


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(_request):
    """An address of the API that nothing stands at is answered like a record that is not there."""
    raise NotFound
