"""What a row of the analysis dataset gathers from the tables beside the case."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from caselog.choices import Analyte, Complications, CountCategory, Ultrasound, YesNoUnknown

# Of what several follow-ups say, what counts for the operation: the first of these that one says.
_COMPLICATIONS = [Complications.SOME, Complications.NONE_KNOWN, Complications.NOT_FOLLOWED]
_ULTRASOUND = [Ultrasound.ATROPHY, Ultrasound.LESION, Ultrasound.NORMAL, Ultrasound.NOT_DONE]
_REPLACEMENT = [YesNoUnknown.YES, YesNoUnknown.NO, YesNoUnknown.UNKNOWN]


class Visit(NamedTuple):
    month: str
    complications: str
    ultrasound: str
    replacement_started: str


def read(found) -> list[Any]:
    """The cases of a query set in its order, with the tables beside them: five queries.

    What is known since the operation stands in `afterwards`, as columns of a row. It is read without
    making objects of it, which would take as long as all the rest.
    """
    from django.db.models import Prefetch

    from caselog.models import Complication, FollowUp, Measurement, Testis  # spreadsheets need none

    testes = Prefetch("testes", Testis.objects.select_related("finding", "histology"))
    cases = list(found.select_related("patient", "laboratory_report").prefetch_related(testes))
    of_these = {"case__in": found.order_by().values("pk")}
    visits = _by_case(FollowUp.objects.filter(**of_these).values_list("case", *Visit._fields))
    grades = _by_case(Complication.objects.filter(**of_these).values_list("case", "grade"))
    testosterone = Measurement.objects.filter(**of_these, analyte=Analyte.TESTOSTERONE)
    values = _by_case(testosterone.values_list("case", "follow_up__month", "canonical"))
    for case in cases:
        case.afterwards = _afterwards(
            [Visit(*visit) for visit in visits[case.pk]],
            sorted(grade for (grade,) in grades[case.pk]),
            values[case.pk],
        )
    return cases


def _by_case(rows: Iterable[tuple]) -> dict[int, list[tuple]]:
    found = defaultdict(list)
    for case, *values in rows:
        found[case].append(tuple(values))
    return found


def first_of(order: Iterable[str], said: Iterable[str]) -> str:
    """The first in `order` that is among those said; "" when none is."""
    said = set(said)
    return next((str(one) for one in order if one in said), "")


def count_category(finding) -> str:
    """An exact count says its category where nobody chose one."""
    if finding.count_category or finding.count_exact is None:
        return finding.count_category
    return str(CountCategory.of(finding.count_exact))


def days(case, moment: datetime | None) -> int | None:
    """From the operation to that moment, in the days of the clinic's own time."""
    from django.utils import timezone

    return (timezone.localtime(moment).date() - case.procedure_date).days if moment else None


def _afterwards(visits: list[Visit], grades: list[str], testosterone: list[tuple]) -> dict[str, Any]:
    """Of all follow-ups together."""
    said = [visit.complications for visit in visits] + [Complications.SOME] * bool(grades)
    started = [int(visit.month) for visit in visits if visit.replacement_started == YesNoUnknown.YES]
    return {
        "complications": first_of(_COMPLICATIONS, said),
        "complication_grades": grades,
        "ultrasound": first_of(_ULTRASOUND, (visit.ultrasound for visit in visits)),
        "replacement_started": first_of(_REPLACEMENT, (visit.replacement_started for visit in visits)),
        "replacement_month": min(started, default=None),
    } | {f"testosterone_{month or 'before'}": canonical for month, canonical in testosterone}
