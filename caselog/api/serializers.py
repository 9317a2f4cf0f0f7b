"""The shape of what the API takes and gives. Answers come from the dictionary; nothing is listed twice."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from caselog.api.fields import Version, Visible, blank_of, field_of
from caselog.dictionary import OPERATION, REPORT, Entry
from caselog.models import Case, Clinic, LaboratoryReport, Membership, Patient
from caselog.services import cases, laboratory, patients


class Strict(serializers.Serializer):
    """Refuses a field that it does not know or that is not the caller's to set, instead of dropping it."""

    def to_internal_value(self, data):
        errors: dict[str, Any] = self._surplus(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except ValidationError as wrong:
            found: Any = wrong.detail
            errors = found | errors
        if errors:
            raise ValidationError(errors)
        return values

    def _surplus(self, data) -> dict[str, list[str]]:
        settable = {name for name, field in self.fields.items() if not field.read_only}
        said = _("There is no such field here, or it cannot be set.")
        return {name: [said] for name in data.keys() - settable}


class Answers(Strict):
    """The answers of one part of the dictionary, as a caller gives them."""

    part: ClassVar[list[Entry]]

    def get_fields(self):
        return super().get_fields() | {entry.name: field_of(entry) for entry in self.part}


_CHANGES = _lazy("Why a final report or a case of a locked period changes; kept in its history.")


def reason_field(about=_CHANGES) -> serializers.CharField:
    return serializers.CharField(default="", allow_blank=True, max_length=300, help_text=about)


class ConfirmSerializer(Strict):
    """An unusual answer is right, says the caller: a doubt of the answer 409, sent back."""

    code = serializers.CharField(max_length=60)
    about = serializers.CharField(max_length=200)
    reason = serializers.CharField(
        max_length=200,
        default="",
        allow_blank=True,
        help_text=_lazy("Needed where the doubt has `needs_reason`."),
    )

    def validate(self, said):
        # What a partial change may leave out are answers, not parts of a confirmation; it gets no defaults.
        missing = {"code", "about"} - said.keys()
        if missing:
            raise ValidationError({name: self.fields[name].error_messages["required"] for name in missing})
        return {"reason": ""} | said


def confirm_field() -> ConfirmSerializer:
    about = _lazy("The doubts that the caller looked at: these answers are unusual, and right.")
    return ConfirmSerializer(many=True, default=list, help_text=about)


class DeletionSerializer(Strict):
    """A DELETE has no body, so what is said with it stands in its address."""

    reason = reason_field(
        _lazy("Why a draft of a locked period goes; kept in its history. Addresses are logged: name nobody.")
    )


class Record(serializers.ModelSerializer):
    """A stored record with its answers beside its own columns."""

    part: ClassVar[list[Entry]]
    answers_of: ClassVar[Any]  # the function of the services that reads a record back as answers

    def get_fields(self):
        return super().get_fields() | {entry.name: field_of(entry, read_only=True) for entry in self.part}

    def to_representation(self, record):
        answers = self.answers_of(record)
        for entry in self.part:
            if answers.get(entry.name) is None:
                answers[entry.name] = blank_of(entry)
        return super().to_representation(_Answered(record, answers))


class _Answered:
    """A record whose answers are attributes, as a serializer reads them."""

    def __init__(self, record, answers: dict[str, Any]):
        self._record, self._answers = record, answers

    def __getattr__(self, name):
        return self._answers[name] if name in self._answers else getattr(self._record, name)


class PersonSerializer(serializers.ModelSerializer):
    """One role of a person who works in the clinic now."""

    id = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="user", read_only=True)

    class Meta:
        model = Membership
        fields = read_only_fields = ["id", "name", "role"]


class ClinicSerializer(serializers.ModelSerializer):
    people = PersonSerializer(
        source="current_memberships",
        many=True,
        read_only=True,
        help_text=_lazy("A person with two roles stands here twice."),
    )

    class Meta:
        model = Clinic
        fields = read_only_fields = ["id", "name", "synthetic", "created_at", "people"]


class NewClinicSerializer(Strict, serializers.ModelSerializer):
    class Meta:
        model = Clinic
        fields = ["name", "synthetic"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"name": {"validators": []}}  # the service's to judge


class ClinicChangeSerializer(NewClinicSerializer):
    class Meta(NewClinicSerializer.Meta):
        fields = ["name"]


class PatientSerializer(serializers.ModelSerializer):
    class Meta:
        model = Patient
        fields = read_only_fields = ["id", "clinic", *patients.COLUMNS, "version"]


class PatientAnswers(Strict):
    def get_fields(self):
        return super().get_fields() | {name: field_of(entry) for name, entry in patients.COLUMNS.items()}


class NewPatientSerializer(PatientAnswers):
    clinic = Visible(queryset=Clinic.objects.all())


class PatientChangeSerializer(PatientAnswers):
    version = Version()
    confirm = confirm_field()
    reason = reason_field()


class CaseSerializer(Record):
    """One operation. A number without an answer is null, a code or a text is ""."""

    part = OPERATION
    answers_of = staticmethod(cases.answers_of)
    laboratory_report: serializers.PrimaryKeyRelatedField = serializers.PrimaryKeyRelatedField(
        read_only=True, allow_null=True
    )

    class Meta:
        model = Case
        fields = read_only_fields = [
            "id",
            "clinic",
            "number",
            "state",
            "version",
            "patient",
            "laboratory_report",
            "created_at",
            "created_by",
            "signed_at",
            "signed_by",
        ]


class CaseAnswers(Answers):
    """What a surgeon answers. A number or a date without an answer is null, a code or a text is ""."""

    part = OPERATION
    sign = serializers.BooleanField(
        default=False, help_text=_lazy("Complete the case. A signed case stays signed.")
    )
    confirm = confirm_field()
    reason = reason_field()


class NewCaseSerializer(CaseAnswers):
    clinic = Visible(queryset=Clinic.objects.all())


class CaseChangeSerializer(CaseAnswers):
    version = Version()


class LaboratoryReportSerializer(Record):
    """What the laboratory found. A number without an answer is null, a code is "", several are []."""

    part = REPORT
    answers_of = staticmethod(lambda report: laboratory.answers_of(report.case))

    class Meta:
        model = LaboratoryReport
        fields = read_only_fields = [
            "id",
            "clinic",
            "case",
            "result_status",
            "version",
            "embryologist",
            "reported_at",
            "finalised_at",
            "finalised_by",
        ]


class ReportAnswers(Answers):
    """What an embryologist answers. A number without an answer is null, a code is "", several are [].

    Of the tissue's weight and what was seen in theatre, which the operation holds too, what is absent
    stays as it is.
    """

    part = REPORT
    final = serializers.BooleanField(
        default=False, help_text=_lazy("Report as final. A final report changes only with a reason.")
    )
    confirm = confirm_field()
    reason = reason_field()


class NewLaboratoryReportSerializer(ReportAnswers):
    case = Visible(queryset=Case.objects.all())


class LaboratoryReportChangeSerializer(ReportAnswers):
    version = Version()
