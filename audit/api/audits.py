"""Audits in REST: the same services, forms and words as the pages."""

from typing import Any, ClassVar

import django_filters
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action, api_view
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from audit import adoptions, closing, reference, services, storage
from audit.api.again import AgainSerializer
from audit.api.shapes import AuditSerializer, KeptAuditSerializer
from audit.api.shared import AUDIT_OR_SHARED, SharedSerializer
from audit.disclosure import disclose
from audit.forms.filters import OUTSIDE, FiltersForm
from audit.models import AuditRun
from audit.results import Audit, Filters, Unit
from caselog.api.retries import made_once
from caselog.choices import Aetiology, AzoospermiaType, Procedure
from caselog.dataset import CaseRow
from caselog.selection import Attempts


def _codes(vocabulary, **about: Any) -> serializers.ChoiceField:
    """Of a filter that chooses among the operations of the period; blank for all of them."""
    return serializers.ChoiceField(vocabulary.choices, required=False, allow_blank=True, **about)


REFERENCE_SETS = [*reference.names(), reference.BOTH, reference.CLINIC]


def _reference_set() -> serializers.ChoiceField:
    return serializers.ChoiceField(
        REFERENCE_SETS,
        required=False,
        help_text=_lazy("`clinic` is what the clinic adopted, and is usual once it has."),
    )


class Strict(serializers.Serializer):
    """Refuses what it does not know, instead of dropping it."""

    def validate(self, attrs):
        if surplus := self.initial_data.keys() - self.fields.keys():
            said = _("There is no such field here, or it cannot be set.")
            raise ValidationError(dict.fromkeys(surplus, said))
        return attrs


class FiltersSerializer(Strict):
    """What is absent is as on the page: three years up to last month's end, men, the document's figures."""

    since = serializers.DateField(
        required=False,
        allow_null=True,
        help_text=_lazy("Operations on this day or later; blank for no limit."),
    )
    until = serializers.DateField(
        required=False,
        allow_null=True,
        help_text=_lazy("Operations on this day or earlier; blank for no limit."),
    )
    surgeon = serializers.IntegerField(
        required=False,
        min_value=1,
        allow_null=True,
        help_text=_lazy("Oneself; for administrators anybody who operated in the clinic."),
    )
    procedure = _codes(Procedure, help_text=_lazy("Operations with this procedure, alone or with others."))
    azoospermia_type = _codes(AzoospermiaType)
    primary_aetiology = _codes(Aetiology)
    attempt = _codes(
        Attempts, help_text=_lazy("By the attempt number of the case, not by its place in the period.")
    )
    unit = serializers.ChoiceField([unit.value for unit in Unit], required=False)
    reference_set = _reference_set()


class NewAuditRunSerializer(FiltersSerializer):
    clinic = serializers.IntegerField()
    title = serializers.CharField(max_length=AuditRun._meta.get_field("title").max_length)


class NewClosedAuditSerializer(Strict):
    """The whole clinic, counted by men; the set is the clinic's usual one unless it is named."""

    clinic = serializers.IntegerField()
    title = serializers.CharField(max_length=AuditRun._meta.get_field("title").max_length)
    since = serializers.DateField(help_text=_lazy("The first day of a month."))
    until = serializers.DateField(help_text=_lazy("The last day of a month that is over."))
    reference_set = _reference_set()


class AuditRunSerializer(serializers.ModelSerializer):
    class Meta:
        model = AuditRun
        fields = read_only_fields = [
            "id",
            "clinic",
            "title",
            "kept_at",
            "kept_by",
            "closed_on",
            "since",
            "until",
            "surgeon",
            "procedure",
            "azoospermia_type",
            "primary_aetiology",
            "attempt",
            "unit",
            "reference_set",
            "reference_version",
            "product_version",
            "fingerprint",
        ]


class WholeAuditRunSerializer(AuditRunSerializer):
    audit = KeptAuditSerializer(source="result", read_only=True)

    class Meta(AuditRunSerializer.Meta):
        fields = read_only_fields = [*AuditRunSerializer.Meta.fields, "audit"]


def of_clinic() -> django_filters.NumberFilter:
    """A key, and no number that a database could not look for."""
    return django_filters.NumberFilter(min_value=0, max_value=2**63 - 1, decimal_places=0)


class AuditRunFilter(django_filters.FilterSet):
    clinic = of_clinic()
    closed = django_filters.BooleanFilter("closed_on", "isnull", exclude=True)

    class Meta:
        model = AuditRun
        fields: list[str] = []


class AskedSerializer(FiltersSerializer):
    share = serializers.ChoiceField(
        [OUTSIDE],
        required=False,
        help_text=_lazy("`outside`: as it may leave the clinic, small counts suppressed and others rounded."),
    )


@extend_schema(parameters=[AskedSerializer], responses=AUDIT_OR_SHARED, tags=["clinics"])
@api_view(["GET"])
def live_audit(request, pk):
    """The clinic's cases beside the reference figures, as on the audit page now.

    Sentences come in the language that the caller accepts.
    """
    audit = asked_audit(request, pk, AskedSerializer)
    if request.query_params.get("share") == OUTSIDE:
        return Response(SharedSerializer(disclose(audit)).data)
    return Response(AuditSerializer(audit).data)


def asked_audit(request, pk: int, of: type[FiltersSerializer] = FiltersSerializer) -> Audit:
    """The audit of `asked_run` alone."""
    return asked_run(request, pk, of)[0]


def asked_run(request, pk: int, of: type[FiltersSerializer]) -> tuple[Audit, list[CaseRow], dict[str, Any]]:
    """The audit of one of the asker's clinics under the filters of the address, its rows, and what was asked.

    of: what may be asked. Raises Http404 for any other clinic, and ValidationError by filter.
    """
    clinic = clinic_of(request, pk)
    if clinic is None:
        raise Http404
    asked = of(data=request.query_params)
    asked.is_valid(raise_exception=True)
    filters = filters_of(request, clinic, asked.validated_data)
    audit, rows = services.run(user=request.user, clinic=clinic, filters=filters, now=timezone.now())
    return audit, rows, asked.validated_data


class InsideOnly:
    """Refuses to share what it would answer with the clinic's own figures."""

    def initial(self, request, *args, **named):
        super().initial(request, *args, **named)  # type: ignore[misc]  # of a viewset
        if request.query_params.get("share") and self.action != "shared":  # type: ignore[attr-defined]
            said = _("This does not leave the clinic. Of a kept audit there is its address “shared”.")
            raise ValidationError({"share": [said]})


class AuditRunViewSet(InsideOnly, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Audits that were kept. They never change and are never removed."""

    queryset = AuditRun.objects.all()
    filterset_class = AuditRunFilter
    asks: ClassVar = {"create": NewAuditRunSerializer, "close": NewClosedAuditSerializer}
    takes_a_key, makes = True, ("create", "close")

    def get_queryset(self):
        runs = AuditRun.objects.visible_to(self.request.user)
        return runs.defer("result") if self.action == "list" else runs

    def get_serializer_class(self):
        return AuditRunSerializer if self.action == "list" else WholeAuditRunSerializer

    def create(self, request):
        """Keep today's audit with all that it rests on.

        The same request sent again with its Idempotency-Key is answered with the run it made, as the
        records stood then.
        """
        asked = NewAuditRunSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        clinic = _clinic_named(request, asked)
        filters = filters_of(request, clinic, asked.validated_data)
        return self._made_once(
            request,
            lambda: services.keep_run(
                by=request.user,
                clinic=clinic,
                filters=filters,
                title=asked.validated_data["title"],
                now=timezone.now(),
            ),
        )

    @extend_schema(responses={201: WholeAuditRunSerializer})
    @action(detail=False, methods=["post"])
    def close(self, request):
        """Judge months that are over at 95 %, once, and keep that for good.

        The same request sent again with its Idempotency-Key is answered with the run it made.
        """
        asked = NewClosedAuditSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        clinic = _clinic_named(request, asked)
        told = {"reference_set": adoptions.usual_set(clinic)} | asked.validated_data | {"clinic": clinic}
        return self._made_once(
            request, lambda: closing.close_period(by=request.user, now=timezone.now(), **told)
        )

    def _made_once(self, request, save):
        # The same body could ask for either: an audit that was kept with this key is none that was closed.
        made = made_once(request, f"{self.basename} {self.action}", save)
        run = get_object_or_404(AuditRun.objects.visible_to(request.user), pk=made)
        return Response(WholeAuditRunSerializer(run).data, status=201)

    @extend_schema(responses=SharedSerializer)
    @action(detail=True, url_path="shared")
    def shared(self, request, pk=None):
        """The kept audit as it may leave the clinic: small counts suppressed, others rounded."""
        return Response(SharedSerializer(disclose(storage.from_json(self.get_object().result))).data)

    @extend_schema(responses=AgainSerializer)
    @action(detail=True, url_path="again")
    def again(self, request, pk=None):
        """The kept figures beside those of today's cases, made by the same filters and references."""
        found = services.again(user=request.user, kept=self.get_object(), now=timezone.now())
        return Response(AgainSerializer(found).data)


def _clinic_named(request, asked: serializers.Serializer):
    clinic = clinic_of(request, asked.validated_data["clinic"])
    if clinic is None:
        raise ValidationError({"clinic": [_("You have no clinic with this number.")]})
    return clinic


def clinic_of(request, pk: int):
    """One of the asker's clinics; None for any other number."""
    return next((clinic for clinic in request.clinics if clinic.pk == pk), None)


def filters_of(request, clinic, asked) -> Filters:
    """What was asked of one of the asker's clinics. Raises ValidationError by filter."""
    surgeons = services.surgeons(user=request.user, clinic=clinic) if asked.get("surgeon") else {}
    adopted = adoptions.has_adopted(clinic)
    form = FiltersForm(asked, today=timezone.localdate(), surgeons=surgeons, adopted=adopted)
    if not form.is_valid():
        raise ValidationError({name: [str(one) for one in said] for name, said in form.errors.items()})
    return form.filters
