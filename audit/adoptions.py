"""What a clinic's audits are compared with: each change makes a new version, and old ones stay readable."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from audit import adopted as put_together
from audit import reference, words
from audit.adopted import Adopted, Tolerance
from audit.measures import BY_ID
from audit.models import Adoption, OwnFigure
from audit.reference import CLINIC, ReferenceFigure, ReferenceSet
from caselog.history import recorded
from caselog.permissions import Permission, require

OWN = "own-"  # and the key of an OwnFigure: the name of its figure


def has_adopted(clinic) -> bool:
    return Adoption.objects.filter(clinic=clinic).exists()


def adopted(clinic, version: int | None = None) -> Adopted:
    """What stood in a version, the newest unless one is named; two queries."""
    changes = Adoption.objects.filter(clinic=clinic).order_by("version")
    added = OwnFigure.objects.filter(clinic=clinic).select_related("adoption__adopted_by")
    if version is not None:
        changes, added = changes.filter(version__lte=version), added.filter(adoption__version__lte=version)
    return _read_in_order(list(changes), added.order_by("-adoption__version"))


def usual_set(clinic) -> str:
    """What the clinic's audits are compared with unless they ask for another set."""
    return CLINIC if has_adopted(clinic) else put_together.USUAL_SET


def references(clinic, name: str) -> tuple[ReferenceSet, ...]:
    """The sets that a filter's `reference_set` asks for. Raises KeyError for a name of none."""
    if name != CLINIC:
        return reference.named(name)
    stands = adopted(clinic)
    titles = {f"title_{language}": _title(stands, language) for language in ("en", "ar")}
    return (put_together.reference_set(stands, **titles),)


def key_of(figure: ReferenceFigure) -> int:
    """Of a figure of the clinic's own: the primary key of its OwnFigure."""
    return int(figure.id.removeprefix(OWN))


@recorded
def adopt_set(*, by, clinic, reference_set: str, reason: str = "") -> Adoption:
    """From now on the clinic's audits are compared with this set unless they ask for another.

    Raises PermissionDenied, or ValidationError for a set that is not there.
    """
    if reference_set not in reference.names():
        raise ValidationError({"reference_set": _("There is no such reference set.")})
    return _next(by, clinic, reference_set=reference_set, reason=reason)


@recorded
def set_tolerance(*, by, clinic, figure: str, tolerance: Decimal | None, reason: str) -> Adoption:
    """The tolerance that the clinic takes instead of a figure's own, a fraction; None: its own again.

    Raises PermissionDenied, or ValidationError by field.
    """
    wrong = {}
    if figure not in put_together.judging_figures():
        wrong["figure"] = _("There is no such figure, or no verdict rests on it.")
    if tolerance is not None and not 0 <= tolerance <= Decimal("0.99"):
        wrong["tolerance"] = _("A tolerance is from 0 to 99 points.")
    if not reason.strip():
        wrong["reason"] = _("Another tolerance changes verdicts. Say why.")
    if wrong:
        raise ValidationError(wrong)
    return _next(by, clinic, figure=figure, tolerance=tolerance, reason=reason)


@recorded
def add_figure(*, by, clinic, today: date, answers: Mapping[str, Any], reason: str = "") -> OwnFigure:
    """Bring in a rate of the clinic's own. answers: the columns of OwnFigure that a person fills.

    Raises PermissionDenied, or ValidationError by field.
    """
    require(by, Permission.ADOPT_REFERENCES, clinic)
    figure = OwnFigure(clinic=clinic, entered_on=today, **answers)
    _check(figure)
    hold(clinic)
    if OwnFigure.objects.filter(clinic=clinic, withdrawal=None, **answers).exists():
        raise ValidationError({"label": _("This figure stands already. Change it, or leave it as it is.")})
    figure.adoption = _next(by, clinic, reason=reason)
    figure.save()
    return figure


@recorded
def withdraw_figure(*, by, clinic, figure: OwnFigure, reason: str) -> Adoption:
    """From now on the figure stands beside nothing; audits that used it stay as they are.

    Raises PermissionDenied, or ValidationError by field.
    """
    require(by, Permission.ADOPT_REFERENCES, clinic)
    if not reason.strip():
        raise ValidationError({"reason": _("Without this figure verdicts change. Say why.")})
    hold(clinic)
    if Adoption.objects.filter(withdraws=figure).exists():
        raise ValidationError({"withdraws": _("This figure was withdrawn already.")})
    return _next(by, clinic, withdraws=figure, reason=reason)


def _next(by, clinic, *, reason: str, **change: Any) -> Adoption:
    require(by, Permission.ADOPT_REFERENCES, clinic)
    hold(clinic)
    last = Adoption.objects.of(clinic).first()
    carried = {"reference_set": last.reference_set if last else put_together.USUAL_SET}
    version = last.version + 1 if last else 1
    adoption = Adoption(
        clinic=clinic, version=version, adopted_by=by, reason=reason.strip(), **carried | change
    )
    adoption.full_clean(validate_constraints=False)  # of them the services above say more
    adoption.save()
    return adoption


def hold(clinic) -> None:
    """Two may change what stands in the same clinic at once: one after the other, each its own version."""
    clinics = apps.get_model("caselog", "Clinic").objects
    clinics.select_for_update(no_key=True).get(pk=clinic.pk)


def _check(figure: OwnFigure) -> None:
    wrong: dict[str, Any] = {}
    try:
        figure.full_clean(exclude=["adoption"], validate_constraints=False)
    except ValidationError as error:
        wrong = dict(error.message_dict)
    for field, message in _contradictions(figure):
        wrong.setdefault(field, []).append(message)
    if wrong:
        raise ValidationError(wrong)


def _contradictions(figure: OwnFigure) -> Iterable[tuple[str, str]]:
    found, known, lower, upper = figure.found, figure.known, figure.lower, figure.upper
    if figure.measure and figure.measure not in BY_ID:
        yield "measure", _("There is no such measure.")
    if (found is None) != (known is None):
        yield "known" if known is None else "found", _("Give both numbers, or neither.")
    elif known == 0:
        yield "known", _("Nobody has no rate: give at least 1.")
    elif found is not None and known is not None and found > known:
        yield "found", _("More were found than there were.")
    if (lower is None) != (upper is None):
        yield "upper" if upper is None else "lower", _("Give both limits, or neither.")
    elif lower is not None and upper is not None and lower > upper:
        yield "lower", _("The interval ends before it begins.")
    elif known is None and lower is None and found is None:
        yield "known", _("Give the numbers, or the limits, or both.")
    if figure.next_review and figure.next_review <= figure.entered_on:
        yield "next_review", _("Give a day after today.")


def _read_in_order(changes: list[Adoption], added: Iterable[OwnFigure]) -> Adopted:
    if not changes:
        return Adopted(tolerances={})
    tolerances: dict[str, Tolerance] = {}
    for change in changes:
        tolerances.pop(change.figure, None)
        if change.tolerance is not None:
            tolerances[change.figure] = Tolerance(float(change.tolerance), change.reason)
    withdrawn = {change.withdraws_id for change in changes}
    last = changes[-1]
    own = [_as_figure(one) for one in added if one.pk not in withdrawn]
    return Adopted(version=last.version, base=last.reference_set, tolerances=tolerances, own=own)


def _as_figure(own: OwnFigure) -> ReferenceFigure:
    columns = ("measure", "label", "citation", "population", "found", "known", "next_review")
    return put_together.own_figure(
        id=f"{OWN}{own.pk}",
        checked_by=str(own.adoption.adopted_by),
        checked_on=own.entered_on,
        unit=own.counted_in,
        lower=_float(own.lower),
        upper=_float(own.upper),
        tolerance=float(own.tolerance),
        **{name: getattr(own, name) for name in columns},
    )


def _float(fraction: Decimal | None) -> float | None:
    return None if fraction is None else float(fraction)


def _title(stands: Adopted, language: str) -> str:
    with translation.override(language):
        return words.clinic_set_title(stands.version, stands.base)
