"""What stands beside a rate, the case mix and the groups that overlap: their names."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audit.behind import KEY, KNOWN, MEN, Figure
from audit.results import BESIDE, CASE_MIX, OVERLAP, Comparison, Count, Part, Unit
from audit.words.lines import line_name
from audit.words.names import field_answer, groups_joined, measure_name, part_name, procedure_name
from caselog.excel.columns import case_fields, heading

_UNITS = {
    "motile": _lazy("Motile sperm found"),
    "motility_not_recorded": _lazy("Found, motility not recorded"),
    "usable": _lazy("Sperm injected or frozen"),
    "use_not_recorded": _lazy("Found, what became of it not recorded"),
    "attempts": _lazy("Sperm found, all attempts"),
    "men_ever_found": _lazy("Men with sperm found at any attempt"),
}
_MIX = {
    "klinefelter": _lazy("Has Klinefelter syndrome, of those known"),
    "failed_before": _lazy("An earlier attempt found no sperm, of those known"),
    "azf_tested": _lazy("Tested for Y microdeletions"),
}
_NAMES = _UNITS | _MIX


def beside(comparison: Comparison) -> list[tuple[str, str, Count]]:
    """The lines that stand beside a rate, each with its key: other successes, other units, the case mix."""
    counts = {**comparison.beside, **comparison.case_mix}
    return [
        (KEY.join([BESIDE, comparison.measure, name]), str(said), counts[name])
        for name, said in _NAMES.items()
        if name in counts
    ]


def _beside_name(measure: str, name: str, part: str) -> str:
    """Of the cases behind one of its numbers."""
    said = str(_NAMES.get(name, name))
    if part != KNOWN:
        return _("%(figure)s: %(part)s") % {"figure": measure_name(measure), "part": said}
    return _("%(measure)s, %(group)s: %(counted)s") % {
        "measure": measure_name(measure),
        "group": said,
        "counted": _("Known") if name in _MIX else _("With a final result"),
    }


def _overlap_name(groups: str, part: str) -> str:
    return _("%(figure)s: %(part)s") % {"figure": groups_joined(groups.split("+")), "part": _counted(part)}


def _mix_name(dimension: str, value: str, procedure: str, part: str) -> str:
    return _("%(measure)s, %(group)s: %(counted)s") % {
        "measure": heading(case_fields()[dimension]),
        "group": " · ".join([field_answer(dimension, value), procedure_name(procedure)]),
        "counted": _counted(part),
    }


def key_name(key: str, part: str) -> str:
    """Of the cases behind a figure that has a key."""
    kind, *of = key.split(KEY)
    names: dict[str, Callable[..., str]] = {BESIDE: _beside_name, OVERLAP: _overlap_name, CASE_MIX: _mix_name}
    return names[kind](*of, part) if kind in names else line_name(key, part)


def _counted(part: str) -> str:
    wholes = {KNOWN: _("With a final result"), MEN: _("Men")}
    return wholes.get(part) or part_name(Part(part))


def cases_note(figure: Figure, unit: Unit) -> str:
    """Which operations stand for what the figure counts, where it counts no operations; "" elsewhere."""
    if figure.measure.startswith(BESIDE + KEY) and figure.measure.endswith("men_ever_found"):
        return _("Each man by the first operation at which sperm was found, otherwise by his first one.")
    in_unit = KEY not in figure.measure or figure.of_quarter
    if unit is Unit.TESTIS and in_unit:
        return _("The figure counts testes; these are the operations they belong to.")
    return ""
