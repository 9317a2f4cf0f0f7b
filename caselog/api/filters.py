"""Which records a list holds."""

import django_filters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework.exceptions import ValidationError

from caselog.api.paging import KeySetPagination
from caselog.choices import (
    AzoospermiaType,
    CaseState,
    OperationStatus,
    PeriodState,
    Procedure,
    ResultStatus,
)
from caselog.forms.reading import clean_text
from caselog.models import Case, Clinic, LaboratoryReport, Patient, Period

_OF_PAGES = {KeySetPagination.cursor_query_param, KeySetPagination.page_size_query_param}


def _clinics_of(request):
    return Clinic.objects.visible_to(request.user) if request else Clinic.objects.none()


def _code(lookup: str, **kwargs):
    return django_filters.CharFilter(
        method=lambda records, _name, code: records.filter(**{lookup: clean_text(code)}), **kwargs
    )


class _OfClinic(django_filters.FilterSet):
    clinic = django_filters.ModelChoiceFilter(queryset=_clinics_of)

    def is_valid(self):
        """Refuses what is no filter: dropped in silence, a misspelt one would answer about all records."""
        if surplus := self.data.keys() - self.filters.keys() - _OF_PAGES:
            raise ValidationError(dict.fromkeys(surplus, _("There is no such parameter here.")))
        return super().is_valid()


class _Day(django_filters.DateFilter):
    """ISO 8601 whatever the language: 04/03 and 03/04 cannot be told apart."""

    def __init__(self, **kwargs):
        said = {"invalid": _lazy("This is not a date. Write year, month and day, such as 2024-03-04.")}
        super().__init__("procedure_date", input_formats=["%Y-%m-%d"], error_messages=said, **kwargs)


def _cases_of(request):
    return Case.objects.visible_to(request.user) if request else Case.objects.none()


class OfCaseFilter(_OfClinic):
    case = django_filters.ModelChoiceFilter(queryset=_cases_of)


class PatientFilter(_OfClinic):
    code = _code("code")

    class Meta:
        model = Patient
        fields: list[str] = []


class CaseFilter(_OfClinic):
    patient_code = _code("patient__code")
    procedure = django_filters.ChoiceFilter(choices=Procedure)
    azoospermia_type = django_filters.ChoiceFilter(choices=AzoospermiaType)
    state = django_filters.ChoiceFilter(choices=CaseState)
    status = django_filters.ChoiceFilter(choices=OperationStatus)
    since = _Day(lookup_expr="gte", help_text=_lazy("Operations on this day or later."))
    until = _Day(lookup_expr="lte", help_text=_lazy("Operations on this day or earlier."))

    class Meta:
        model = Case
        fields: list[str] = []


class PeriodFilter(_OfClinic):
    state = django_filters.ChoiceFilter(choices=PeriodState)

    class Meta:
        model = Period
        fields: list[str] = []


class LaboratoryReportFilter(_OfClinic):
    result_status = django_filters.ChoiceFilter(choices=ResultStatus)

    class Meta:
        model = LaboratoryReport
        fields: list[str] = []
