"""A record in words: an answer with its unit, a blank, and a question that does not apply apart."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import Measured, SpermFound, Unit
from caselog.dataset import best_finding
from caselog.dictionary import HISTOLOGY, LABORATORY, Entry
from caselog.excel.columns import unit
from caselog.forms.reading import plain
from caselog.lists import listed
from caselog.models import Case, Testis
from caselog.services.histology import answers_of as answers_of_histology


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    blank: str
    name: str = ""  # in the dictionary; what was amended is found by it


@dataclass(frozen=True)
class Result:
    """A word and its shape, as components/status.html takes them."""

    word: str
    kind: str


def rows(part: list[Entry], answers: Mapping[str, Any]) -> list[Row]:
    """The questions that apply, with their answers."""
    return [
        Row(capfirst(str(entry.label)), shown(entry, answers.get(entry.name)), _("not answered"), entry.name)
        for entry in part
        if entry.applies(answers) and not _answered_instead(entry, part, answers)
    ]


def recorded(part: list[Entry], answers: Mapping[str, Any]) -> list[Row]:
    """Only what somebody answered."""
    return rows([entry for entry in part if not dictionary.is_blank(answers.get(entry.name))], answers)


def answered(part: list[Entry], answers: Mapping[str, Any], keep: Collection[str] = ()) -> list[Row]:
    """As `rows`, without the optional questions that nobody answered; keep: by name, show these still."""
    return rows(
        [
            entry
            for entry in part
            if entry.required or entry.name in keep or not dictionary.is_blank(answers.get(entry.name))
        ],
        answers,
    )


def hormones(part: list[Entry], answers: Mapping[str, Any], keep: Collection[str] = ()) -> list[Row]:
    """Those that somebody asked for, each in one line."""
    of_rows = {entry.analyte: entry for entry in part if entry.analyte}
    return [
        Row(capfirst(entry.of_row), hormone(analyte, answers), _("not answered"), f"{analyte}_value")
        for analyte, entry in of_rows.items()
        if answers.get(f"{analyte}_result") or f"{analyte}_value" in keep
    ]


def hormone(analyte: str, answers: Mapping[str, Any]) -> str:
    """The value with the unit that it was printed in, and its day; "" for one that nobody answered."""
    result = answers.get(f"{analyte}_result")
    if result != Measured.MEASURED:
        return str(Measured(result).label) if result else ""
    value = f"{plain(answers[f'{analyte}_value'])} {Unit(answers[f'{analyte}_unit']).label}"
    taken = answers.get(f"{analyte}_taken_on")
    # Isolated: between Latin letters an Arabic month would else stand after its year.
    return f"{value} · \u2068{date_format(taken, 'j M Y')}\u2069" if taken else value


def findings(
    case: Case, answers: Mapping[str, Any], keep: Collection[str] = ()
) -> list[tuple[Testis, list[Row]]]:
    """What the laboratory found in each testis. answers: the laboratory's."""
    known = {**answers, "sides": case.sides}
    return [
        (testis, answered([entry for entry in LABORATORY if entry.side == testis.side], known, keep))
        for testis in case.testes.all()
    ]


def histology(case: Case) -> list[tuple[Testis, list[Row]]]:
    """What the pathologist saw in each testis; a score only where there is one."""
    known = {**answers_of_histology(case), "sides": case.sides}
    asked = [
        entry
        for entry in HISTOLOGY
        if entry.attribute == "pattern" or not dictionary.is_blank(known.get(entry.name))
    ]
    return [
        (testis, rows([entry for entry in asked if entry.side == testis.side], known))
        for testis in case.testes.all()
    ]


def _answered_instead(entry: Entry, part: list[Entry], answers: Mapping[str, Any]) -> bool:
    """Blank, because an answer to another question does as well."""
    others = {entry.instead} | {other.name for other in part if other.instead == entry.name}
    return dictionary.is_blank(answers.get(entry.name)) and any(
        not dictionary.is_blank(answers.get(other)) for other in others
    )


def shown(entry: Entry, answer: Any) -> str:
    """One answer for a reader; "" for a blank one. Zero is an answer."""
    if dictionary.is_blank(answer):
        return ""
    words = dict(entry.choices) if entry.model_field.choices else {}
    if isinstance(answer, list):
        return listed(words.get(one, one) for one in answer)
    if isinstance(answer, date):
        return date_format(answer, "j M Y")
    if isinstance(answer, time):
        return f"{answer:%H:%M}"
    text = plain(answer) if isinstance(answer, Decimal) else str(words.get(answer, answer))
    return f"{text} {unit(entry)}" if entry.unit else text


def laboratory_result(case: Case, found: Iterable[str] | None = None) -> Result:
    """What the laboratory says of a case so far.

    found: of each of its testes; without it, prefetched testes and findings are read.
    """
    if not case.performed:
        return Result(case.get_status_display(), "off")
    if not case.sides:
        return Result(_("Side not answered"), "open")
    report = getattr(case, "laboratory_report", None)
    if report is None:
        return Result(_("Awaiting the laboratory"), "open")
    if not report.is_final:
        return Result(_("Preliminary"), "part")
    return _final_result(_found(case) if found is None else found)


def _found(case: Case) -> list[str]:
    return [testis.finding.sperm_found for testis in case.testes.all() if hasattr(testis, "finding")]


def _final_result(found: Iterable[str]) -> Result:
    words: dict[str, str] = {
        SpermFound.MOTILE: _("Motile sperm found"),
        SpermFound.UNSPECIFIED: _("Sperm found"),
        SpermFound.IMMOTILE: _("Only immotile sperm found"),
        SpermFound.NONE: _("No sperm found"),
    }
    best = best_finding(found)
    return Result(words[best], "done") if best else Result(_("Result not recorded"), "open")
