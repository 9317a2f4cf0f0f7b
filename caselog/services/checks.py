"""What is unusual in the answers about one case, or at odds with another answer of it.

Nothing here refuses: it is asked about once (caselog.services.doubts).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from caselog import panel
from caselog.choices import (
    KLINEFELTER,
    Aetiology,
    Analyte,
    AzoospermiaType,
    KlinefelterStatus,
    Medication,
    Procedure,
    Unit,
)
from caselog.dictionary import LABORATORY, OPERATION, Answers, Entry, is_blank
from caselog.excel.columns import unit as unit_of
from caselog.services.contradictions import (
    CHECKS,
    OPERATION_CHECKS,
    REPORT_CHECKS,
    WET_PREP_CHECKS,
    Check,
)
from caselog.services.merging import as_text
from caselog.services.rules_hormones import shown
from caselog.units import SCALES, converted

_LONGEST = 200  # of what a confirmation was about


@dataclass(frozen=True)
class Doubt:
    """An answer to ask about.

    fields: the answers concerned, the one to look at first.
    about: those answers as they were asked about; of others it is asked again.
    """

    code: str
    fields: tuple[str, ...]
    about: str
    message: str
    needs_reason: bool = False


def of_operation(answers: Answers) -> list[Doubt]:
    """answers: by the names of `dictionary.OPERATION`, those that apply."""
    limits = list(of_limits(OPERATION, answers))
    return [*limits, *_of_panel(answers, limits), *_of_checks(OPERATION_CHECKS, answers)]


def of_report(answers: Answers) -> list[Doubt]:
    """answers: by the names of `dictionary.LABORATORY`, with the operation's own beside them."""
    return [*of_limits(LABORATORY, answers), *_of_checks(REPORT_CHECKS, answers)]


def of_theatre(answers: Answers) -> list[Doubt]:
    """What theatre saw beside a final finding: the laboratory's question, asked of the surgeon's answer."""
    found = _of_checks(WET_PREP_CHECKS, answers)
    return [replace(doubt, fields=doubt.fields[::-1]) for doubt in found]


def of_contradictions(answers: Answers) -> list[Doubt]:
    """answers: the operation's and the laboratory's; those that a check reads will do."""
    return list(_of_checks(CHECKS, answers))


def _of_checks(checks: list[Check], answers: Answers) -> Iterator[Doubt]:
    for check in checks:
        if message := check.question(answers):
            about = _about((*check.fields, *check.known), answers)
            yield Doubt(check.code, check.fields, about, message, check.needs_reason)


def _about(fields: tuple[str, ...], answers: Answers) -> str:
    text = "; ".join(f"{name}={as_text(answers.get(name))}" for name in fields)
    return text if len(text) <= _LONGEST else sha256(text.encode()).hexdigest()


# Limits of one answer


_WEIGHTS = {Procedure.MICRO_TESE: (1, 1500), Procedure.CONVENTIONAL_TESE: (20, 3000)}


def of_limits(part: list[Entry], answers: Answers) -> Iterator[Doubt]:
    for entry in part:
        value, soft = answers.get(entry.name), _soft(entry, answers)
        if soft is None or is_blank(value) or soft[0] <= _canonical(entry, answers) <= soft[1]:
            continue
        fields = (entry.name, f"{entry.analyte}_unit") if entry.analyte else (entry.name,)
        yield Doubt(f"unusual.{entry.name}", fields, _about(fields, answers), _outside(entry, answers, *soft))


def _soft(entry: Entry, answers: Answers) -> tuple[float, float] | None:
    if entry.attribute == "tissue_weight_mg":
        return _WEIGHTS.get(answers.get("procedure", ""), entry.soft)
    return entry.soft


def _canonical(entry: Entry, answers: Answers) -> Decimal:
    value = Decimal(answers[entry.name])
    return converted(entry.analyte, value, answers[f"{entry.analyte}_unit"]) if entry.analyte else value


def _outside(entry: Entry, answers: Answers, low: float, high: float) -> str:
    if entry.name == "semen_analyses_n":
        return _("Azoospermia is established by two semen analyses at least.")
    words = _words(entry, answers, low, high)
    if entry.analyte:
        return (
            _(
                "%(what)s: %(value)s %(unit)s is unusual, %(low)s to %(high)s %(unit)s is usual. "
                "Check the number and its unit."
            )
            % words
        )
    if not words["unit"]:
        return _("%(what)s: %(value)s is unusual, %(low)s to %(high)s is usual. Check the number.") % words
    return (
        _("%(what)s: %(value)s %(unit)s is unusual, %(low)s to %(high)s %(unit)s is usual. Check the number.")
        % words
    )


def _words(entry: Entry, answers: Answers, low: float, high: float) -> dict[str, str]:
    """The answer and the usual range in the unit that was typed."""
    factor, unit = Decimal(1), unit_of(entry) if entry.unit else ""
    if entry.analyte:
        typed = Unit(answers[f"{entry.analyte}_unit"])
        factor, unit = SCALES[Analyte(entry.analyte)].factors[typed], str(typed.label)
    return {
        "what": _named(entry),
        "value": f"{Decimal(answers[entry.name]).normalize():,f}",
        "unit": unit,
        "low": shown(Decimal(low) / factor),
        "high": shown(Decimal(high) / factor),
    }


def _named(entry: Entry) -> str:
    if entry.analyte:
        return entry.of_row
    label = capfirst(str(entry.label))
    return pgettext("between items", ",").join([entry.of_row, f" {entry.label}"]) if entry.side else label


# His values beside each other


_PANEL = {
    "fsh": "fsh_value",
    "lh": "lh_value",
    "testosterone": "testosterone_value",
    "right_volume": "right_testis_volume_ml",
    "left_volume": "left_testis_volume_ml",
}
# His values are then not those of the men whom the panel describes.
_OTHER_MEN = {Medication.HCG, Medication.FSH, Medication.TESTOSTERONE_STOPPED}
_ENTRIES = {entry.name: entry for entry in OPERATION}


def _of_panel(answers: Answers, limits: list[Doubt]) -> Iterator[Doubt]:
    """One question about the values that do not go with the others, at the most unusual of them."""
    asked = {name for doubt in limits for name in doubt.fields}
    values = {name: value for name, value in _values(answers).items() if _PANEL[name] not in asked}
    found = panel.unusual(values, _traits(answers)) if _is_usual(answers) else []
    if not found:
        return
    first, fields = _ENTRIES[_PANEL[found[0].name]], tuple(_PANEL[one.name] for one in found)
    words = _words(first, answers, found[0].low, found[0].high)
    message = _(
        "%(what)s: %(value)s %(unit)s does not go with his other values, beside which %(low)s to %(high)s "
        "%(unit)s is usual. Check the number, its decimal point and its unit."
    )
    about = "; ".join(f"{name}={as_text(_canonical(_ENTRIES[name], answers))}" for name in fields)
    yield Doubt("unusual_together", fields, about[:_LONGEST], message % words)


def _is_usual(answers: Answers) -> bool:
    return answers.get("primary_aetiology") != Aetiology.HYPOGONADOTROPIC and not _OTHER_MEN & set(
        answers.get("medication") or []
    )


def _values(answers: Answers) -> dict[str, float]:
    found = {}
    for name, field in _PANEL.items():
        if not is_blank(answers.get(field)) and (value := _canonical(_ENTRIES[field], answers)) > 0:
            found[name] = float(value)
    return found


def _traits(answers: Answers) -> dict[str, bool]:
    kind, status = answers.get("azoospermia_type"), answers.get("klinefelter_status")
    found = {}
    if kind in (AzoospermiaType.OBSTRUCTIVE, AzoospermiaType.NON_OBSTRUCTIVE):
        found["obstructive"] = kind == AzoospermiaType.OBSTRUCTIVE
    if status in (*KLINEFELTER, KlinefelterStatus.NOT_KLINEFELTER):
        found["klinefelter"] = status in KLINEFELTER
    return found
