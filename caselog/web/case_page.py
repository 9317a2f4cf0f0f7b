"""What the page of a case shows: its parts in words, and beside them what was amended."""

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from caselog.dictionary import LABORATORY, OPERATION
from caselog.forms.operation import SECTIONS
from caselog.history.reading import amended, history_of
from caselog.models import Case, Confirmation, Query
from caselog.services import cases, completeness, doubts, earlier, laboratory
from caselog.web import amendments, summary
from caselog.web.case_follow_up import follow_up_of

# Who is named on the page, beside the surgeon.
_NAMED = (
    "assistant",
    "signed_by",
    *(f"laboratory_report__{person}" for person in ("embryologist", "witness", "finalised_by")),
)


def whole(found: QuerySet[Case]) -> QuerySet[Case]:
    """The cases with all that their pages show of them."""
    confirmations = Prefetch("confirmations", Confirmation.objects.select_related("confirmed_by"))
    asked = Query.objects.open().filter(case=OuterRef("pk")).order_by().values("case")
    return (
        found.select_related(*_NAMED)
        .prefetch_related(confirmations, "measurements")
        .annotate(open_queries=Subquery(asked.values(n=Count("pk"))))
    )


def context(user, case: Case, *, today: date) -> dict[str, Any]:
    operation = cases.answers_of(case)
    found = laboratory.answers_of(case) | {"sides": operation["sides"]}
    known = earlier.known(earlier.of_man(Q(patient=case.patient_id)), on=case.procedure_date, case=case.pk)
    story = history_of(user, case)
    before = amended(story)
    return {
        "case": case,
        "locked": amendments.locked(case),
        "amended": before,
        "told": {} if case.is_draft else doubts.by_field(operation | found | known, case.confirmations.all()),
        "result": summary.laboratory_result(case),
        "diagnosis": summary.rows(SECTIONS["diagnosis"], operation),
        "operation": summary.rows(SECTIONS["operation"], operation),
        "testes": [
            (testis, summary.answered([e for e in OPERATION if e.side == testis.side], operation, before))
            for testis in case.testes.all()
        ],
        "background": summary.answered(SECTIONS["background"], operation, before),
        "examination": [
            *summary.answered([e for e in SECTIONS["examination"] if not e.analyte], operation, before),
            *summary.hormones(OPERATION, operation, before),
        ],
        "procedure": summary.answered([e for e in SECTIONS["procedure"] if not e.side], operation, before),
        "report": getattr(case, "laboratory_report", None),
        "findings": summary.findings(case, found, before),
        "histology": summary.histology(case),
        "follow_up": follow_up_of(case, today=today),
        "alerts": case.alerts.open().order_by("raised_at", "pk"),
        "story": story,
        "completeness": completeness.of_case(case, operation | found | known),
        "laboratory": summary.answered([e for e in LABORATORY if not e.side], found, before),
    }
