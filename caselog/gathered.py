"""What a row of the analysis dataset gathers from the tables beside the case."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from caselog.choices import Analyte, Complications, CountCategory, Ultrasound, YesNoUnknown

# Of what several follow-ups say, what counts for the operation: the first of these that one says.
_COMPLICATIONS = [Complications.SOME, Complications.NONE_KNOWN, Complications.NOT_FOLLOWED]
_ULTRASOUND = [Ultrasound.ATROPHY, Ultrasound.LESION, Ultrasound.NORMAL, Ultrasound.NOT_DONE]
_REPLACEMENT = [YesNoUnknown.YES, YesNoUnknown.NO, YesNoUnknown.UNKNOWN]


def tables() -> list[Any]:
    """What to prefetch with the cases: four queries."""
    from django.db.models import Prefetch

    from caselog.models import Measurement, Testis  # the spreadsheet audit needs no database

    testosterone = Measurement.objects.filter(analyte=Analyte.TESTOSTERONE)
    return [
        Prefetch("testes", Testis.objects.select_related("finding", "histology")),
        "follow_ups",
        "complications",
        Prefetch("measurements", testosterone),
    ]


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


def afterwards(case) -> dict[str, Any]:
    """What is known since the operation, from all of its follow-ups together."""
    visits = sorted(case.follow_ups.all(), key=lambda visit: int(visit.month))
    grades = sorted(complication.grade for complication in case.complications.all())
    said = [visit.complications for visit in visits] + [Complications.SOME] * bool(grades)
    started = [int(visit.month) for visit in visits if visit.replacement_started == YesNoUnknown.YES]
    months = {visit.pk: visit.month for visit in visits} | {None: "before"}
    return {
        "complications": first_of(_COMPLICATIONS, said),
        "complication_grades": grades,
        "ultrasound": first_of(_ULTRASOUND, (visit.ultrasound for visit in visits)),
        "replacement_started": first_of(_REPLACEMENT, (visit.replacement_started for visit in visits)),
        "replacement_month": min(started, default=None),
    } | {f"testosterone_{months[one.follow_up_id]}": one.canonical for one in case.measurements.all()}
