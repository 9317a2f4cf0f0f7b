"""Contradictions in signed cases that nobody confirmed.

A page asks about all cases of a clinic, so this reads only the columns that the questions need.
"""

from dataclasses import dataclass

from django.db.models import FilteredRelation, Q

from caselog import dictionary
from caselog.choices import CaseState, Side
from caselog.dictionary import Entry
from caselog.models.case import CaseQuerySet
from caselog.services import checks, earlier
from caselog.services.contradictions import CHECKS

_ENTRIES = dictionary.entries()
_READ = [_ENTRIES[name] for name in sorted({name for one in CHECKS for name in (*one.fields, *one.also)})]
_NAMES = [entry.name for entry in _READ]


@dataclass(frozen=True)
class Unsettled:
    """A case with an open contradiction. field: the answer to look at first."""

    case: int
    signed_by: int
    field: str


def contradictions(cases: CaseQuerySet) -> list[Unsettled]:
    """The signed ones of these cases in which answers contradict each other; one query."""
    signed = cases.filter(state=CaseState.COMPLETE).order_by().prefetch_related(None).alias(**_rows())
    columns = ("pk", "signed_by", "said__code", "said__about", *(_column(entry) for entry in _READ))
    read, confirmed, others = {}, set(), set()
    # A row for each confirmation, and for each testis of another operation of the man.
    for pk, signed_by, code, about, *values in signed.values_list(*columns, *earlier.OTHERS):
        confirmed.add((pk, code, about))
        read[pk] = (signed_by, values[: len(_READ)])
        others.add((pk, *values[len(_READ) :]))
    of_man = earlier.gathered(row for row in others if row[1])
    found = []
    for pk, (signed_by, values) in read.items():
        answers = dict(zip(_NAMES, values, strict=True))
        answers |= earlier.known(of_man.get(pk, []), on=answers["procedure_date"], case=pk)
        for doubt in checks.of_contradictions(answers):
            if (pk, doubt.code, doubt.about) not in confirmed:
                found.append(Unsettled(pk, signed_by, doubt.fields[0]))
                break
    return found


def _rows() -> dict[str, FilteredRelation]:
    """The case's rows in other tables, one of a kind. New ones each time: Django changes what it is given."""
    codes = [check.code for check in CHECKS]
    testes = {
        f"{side}_testis": FilteredRelation("testes", condition=Q(testes__side=side)) for side in Side.values
    }
    said = FilteredRelation("confirmations", condition=Q(confirmations__code__in=codes))
    return testes | {"said": said, "others": earlier.others()}


def _column(entry: Entry) -> str:
    """Where the answer stands, from the case."""
    path = {
        "case": "",
        "patient": "patient__",
        "laboratoryreport": "laboratory_report__",
        "testis": f"{entry.side}_testis__",
        "finding": f"{entry.side}_testis__finding__",
    }
    return path[entry.model] + entry.attribute
