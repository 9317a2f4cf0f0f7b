"""What a clinic's audits are compared with, in REST: the same services as the pages."""

from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from audit import adoptions, reference
from audit.api.audits import InsideOnly, Strict, clinic_of, of_clinic
from audit.measures import BY_ID
from audit.models import Adoption, CountedIn, OwnFigure
from caselog.api.retries import made_once

TYPED = (
    "measure", "label", "citation", "population", "counted_in", "found", "known", "lower", "upper",
    "tolerance", "next_review",
)  # fmt: skip


def _fraction(**more) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=6, decimal_places=5, min_value=Decimal(0), max_value=Decimal(1), **more
    )


class TakenSerializer(serializers.Serializer):
    figure = serializers.CharField()
    tolerance = serializers.FloatField()
    reason = serializers.CharField()


class AdoptionSerializer(serializers.ModelSerializer):
    """One version of what a clinic's audits are compared with, and the one change that made it."""

    tolerance = serializers.FloatField(read_only=True, allow_null=True)
    adds = serializers.SerializerMethodField(help_text="The figure of the clinic's own that it brought.")

    class Meta:
        model = Adoption
        fields = read_only_fields = [
            "id", "clinic", "version", "reference_set", "figure", "tolerance", "withdraws", "adds",
            "reason", "adopted_at", "adopted_by",
        ]  # fmt: skip

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_adds(self, adoption: Adoption) -> int | None:
        return adoption.adds.pk if hasattr(adoption, "adds") else None


class WholeAdoptionSerializer(AdoptionSerializer):
    """With what stood in that version."""

    tolerances = serializers.SerializerMethodField()
    own_figures = serializers.SerializerMethodField(help_text="The one that was entered last comes first.")

    class Meta(AdoptionSerializer.Meta):
        fields = read_only_fields = [*AdoptionSerializer.Meta.fields, "tolerances", "own_figures"]

    @extend_schema_field(TakenSerializer(many=True))
    def get_tolerances(self, adoption: Adoption) -> list[dict[str, Any]]:
        taken = self._stood(adoption).tolerances
        return [{"figure": name, "tolerance": one.value, "reason": one.reason} for name, one in taken.items()]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_own_figures(self, adoption: Adoption) -> list[int]:
        return [adoptions.key_of(figure) for figure in self._stood(adoption).own]

    def _stood(self, adoption: Adoption):
        return adoptions.adopted(adoption.clinic, adoption.version)


class NewAdoptionSerializer(Strict):
    """One change: a set, or a figure with its tolerance, or a figure of the clinic's own to withdraw."""

    clinic = serializers.IntegerField()
    reference_set = serializers.ChoiceField(reference.names(), required=False)
    figure = serializers.CharField(required=False)
    tolerance = _fraction(
        required=False, allow_null=True, help_text="A fraction; null or absent: the figure's own again."
    )
    withdraws = serializers.IntegerField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)

    def validate(self, attrs):
        attrs = super().validate(attrs)
        if len({"reference_set", "figure", "withdraws"} & attrs.keys()) != 1:
            raise ValidationError(_("Name one change: a set, a figure, or a figure to withdraw."))
        if "tolerance" in attrs and "figure" not in attrs:
            raise ValidationError({"figure": [_("Name the figure that the tolerance is of.")]})
        return attrs


class OwnFigureSerializer(serializers.ModelSerializer):
    """A rate that a clinic brings itself. Rates and limits are fractions. It never changes."""

    lower = serializers.FloatField(read_only=True, allow_null=True)
    upper = serializers.FloatField(read_only=True, allow_null=True)
    tolerance = serializers.FloatField(read_only=True)
    withdrawn_in = serializers.SerializerMethodField(help_text="The adoption that withdrew it.")

    class Meta:
        model = OwnFigure
        fields = read_only_fields = ["id", "clinic", "adoption", *TYPED, "entered_on", "withdrawn_in"]

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_withdrawn_in(self, figure: OwnFigure) -> int | None:
        return figure.withdrawal.pk if hasattr(figure, "withdrawal") else None


class NewOwnFigureSerializer(Strict):
    clinic = serializers.IntegerField()
    measure = serializers.ChoiceField([*BY_ID])
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # a declared field is no attribute
    citation = serializers.CharField(max_length=300)
    population = serializers.CharField(max_length=200)
    counted_in = serializers.ChoiceField(CountedIn.choices)
    found = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**31 - 1)
    known = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**31 - 1)
    lower = _fraction(required=False, allow_null=True)
    upper = _fraction(required=False, allow_null=True)
    tolerance = _fraction(required=False, default=Decimal("0.1"))
    next_review = serializers.DateField()
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class OfClinic(django_filters.FilterSet):
    clinic = of_clinic()


class Versions(InsideOnly, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Read, and added to; never changed and never removed."""

    filterset_class = OfClinic
    takes_a_key = True
    new: ClassVar[type]

    def get_queryset(self):
        rows: Any = super().get_queryset()
        return rows.visible_to(self.request.user)

    @property
    def asks(self):
        return {"create": self.new}

    def create(self, request):
        asked = self.new(data=request.data)
        asked.is_valid(raise_exception=True)
        answers = dict(asked.validated_data)
        clinic = clinic_of(request, answers.pop("clinic"))
        if clinic is None:
            raise ValidationError({"clinic": [_("You have no clinic with this number.")]})
        made = made_once(request, self.basename, lambda: self.save(clinic, answers))
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=made)).data, status=201)

    def save(self, clinic, answers: dict[str, Any]):
        raise NotImplementedError  # of each kind its own


class AdoptionViewSet(Versions):
    """What clinics' audits are compared with, version by version."""

    queryset = Adoption.objects.select_related("clinic", "adds")
    new = NewAdoptionSerializer
    says: ClassVar = {
        "create": "Adopt a set, take another tolerance for a figure, or withdraw a figure of the clinic's "
        "own. Each change is a new version, which later audits name."
    }

    def get_serializer_class(self):
        return AdoptionSerializer if self.action == "list" else WholeAdoptionSerializer

    def save(self, clinic, answers):
        by, reason = self.request.user, answers["reason"]
        if "reference_set" in answers:
            return adoptions.adopt_set(by=by, clinic=clinic, **answers)
        if "figure" in answers:
            return adoptions.set_tolerance(by=by, clinic=clinic, **{"tolerance": None} | answers)
        figure = OwnFigure.objects.filter(clinic=clinic, pk=answers["withdraws"]).first()
        if figure is None:
            raise ValidationError({"withdraws": [_("This clinic has no figure with this number.")]})
        return adoptions.withdraw_figure(by=by, clinic=clinic, figure=figure, reason=reason)


class OwnFigureViewSet(Versions):
    """Figures of clinics' own. One is withdrawn by a new adoption."""

    queryset = OwnFigure.objects.select_related("withdrawal")
    serializer_class, new = OwnFigureSerializer, NewOwnFigureSerializer
    says: ClassVar = {"create": "Bring in a rate of the clinic's own: its last years, a national report."}

    def save(self, clinic, answers):
        reason = answers.pop("reason")
        return adoptions.add_figure(
            by=self.request.user, clinic=clinic, today=timezone.localdate(), answers=answers, reason=reason
        )
