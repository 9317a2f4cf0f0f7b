"""A record in words: an answer with its unit, a blank, and a question that does not apply apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from caselog import dictionary
from caselog.choices import SpermFound
from caselog.dataset import best_finding
from caselog.dictionary import Entry
from caselog.excel.columns import unit
from caselog.forms.reading import plain
from caselog.models import Case


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    blank: str


@dataclass(frozen=True)
class Result:
    """A word and its shape, as components/status.html takes them."""

    word: str
    kind: str


def rows(part: list[Entry], answers: Mapping[str, Any]) -> list[Row]:
    """The questions that apply, with their answers."""
    return [
        Row(capfirst(str(entry.label)), shown(entry, answers.get(entry.name)), _("not answered"))
        for entry in part
        if entry.applies(answers) and not _answered_instead(entry, part, answers)
    ]


def findings(case: Case) -> list[Row]:
    return [
        Row(
            testis.get_side_display(),
            testis.finding.get_sperm_found_display() if hasattr(testis, "finding") else "",
            _("not answered"),
        )
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
        return str(pgettext("between items", ",") + " ").join(str(words.get(one, one)) for one in answer)
    if isinstance(answer, date):
        return date_format(answer, "j M Y")
    text = plain(answer) if isinstance(answer, Decimal) else str(words.get(answer, answer))
    return f"{text} {unit(entry)}" if entry.unit else text


def laboratory_result(case: Case) -> Result:
    """What the laboratory says of a case so far. Reads prefetched testes and findings."""
    if not case.performed:
        return Result(case.get_status_display(), "off")
    if not case.sides:
        return Result(_("Side not answered"), "open")
    report = getattr(case, "laboratory_report", None)
    if report is None:
        return Result(_("Awaiting the laboratory"), "open")
    if not report.is_final:
        return Result(_("Preliminary"), "part")
    return _final_result(case)


def _final_result(case: Case) -> Result:
    found = (testis.finding.sperm_found for testis in case.testes.all() if hasattr(testis, "finding"))
    words: dict[str, str] = {
        SpermFound.MOTILE: _("Motile sperm found"),
        SpermFound.UNSPECIFIED: _("Sperm found"),
        SpermFound.IMMOTILE: _("Only immotile sperm found"),
        SpermFound.NONE: _("No sperm found"),
    }
    best = best_finding(found)
    return Result(words[best], "done") if best else Result(_("Result not recorded"), "open")
