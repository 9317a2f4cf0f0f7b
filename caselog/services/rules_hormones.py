"""What is wrong with the answers about hormones: a value belongs to a unit, and both to limits."""

from decimal import Context, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from caselog.choices import Analyte, Measured, Unit
from caselog.dictionary import Answers, Entry, is_blank
from caselog.lists import either
from caselog.units import SCALES, converted

_THREE_DIGITS = Context(prec=3)


def of_hormones(part: list[Entry], given: Answers, answers: Answers) -> dict[str, str]:
    """One message by field. given: all that was typed; answers: of that what applies."""
    found: dict[str, str] = {}
    for analyte in dict.fromkeys(Analyte(entry.analyte) for entry in part if entry.analyte):
        found |= _of_hormone(analyte, given, answers)
    return found


def shown(number: Decimal | float) -> str:
    """The three digits that matter: 1,110 and 0.347."""
    rounded = _THREE_DIGITS.create_decimal(Decimal(number))
    return f"{rounded.normalize():,f}"


def _of_hormone(analyte: Analyte, given: Answers, answers: Answers) -> dict[str, str]:
    result, value, unit, scale = (f"{analyte}_result", f"{analyte}_value", f"{analyte}_unit", SCALES[analyte])
    if is_blank(answers.get(result)) and not is_blank(given.get(value)):
        return {result: _("Say that it was measured, or leave out the value.")}
    if answers.get(result) != Measured.MEASURED:
        return {}
    number, code = answers.get(value), answers.get(unit)
    if is_blank(number):
        return {value: _("Give the value, or say that it was not done.")}
    if is_blank(code):
        units = either(Unit(one).label for one in scale.factors)
        return {unit: _("A value means nothing without its unit. Choose %(units)s.") % {"units": units}}
    if code not in scale.factors:
        units = either(Unit(one).label for one in scale.factors)
        return {unit: _("%(hormone)s is given in %(units)s.") % {"hormone": analyte.label, "units": units}}
    return _of_limits(analyte, number, Unit(code), value)


def _of_limits(analyte: Analyte, number: Any, unit: Unit, name: str) -> dict[str, str]:
    scale = SCALES[analyte]
    try:
        canonical = converted(analyte, Decimal(number), unit)
    except (InvalidOperation, TypeError, ValueError):
        return {}  # no number at all, which the column's own rule says
    low, high = scale.hard
    if low <= canonical <= high:
        return {}
    values = {
        "value": f"{Decimal(number):,f}",
        "unit": unit.label,
        "same": shown(canonical),
        "canonical": scale.canonical.label,
        "low": shown(low),
        "high": shown(high),
    }
    if unit == scale.canonical:
        text = _("%(value)s %(unit)s is outside %(low)s to %(high)s %(unit)s. Check the number and its unit.")
    else:
        text = _(
            "%(value)s %(unit)s is %(same)s %(canonical)s: outside %(low)s to %(high)s %(canonical)s. "
            "Check the number and its unit."
        )
    return {name: text % values}
