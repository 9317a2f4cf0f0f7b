"""Operations made by hand, without a database, and their audit."""

from datetime import UTC, date, datetime

from audit import comparison, counting, reference
from audit.measures import BY_ID
from audit.results import Filters, Level, Unit
from caselog.dataset import CaseRow


def row(code="A", on=1, **changes):
    """A man's first micro-TESE, of the right testis, non-obstructive, with motile sperm."""
    return CaseRow(
        **{
            "patient_code": code,
            "case_number": f"{code}{on}",
            "procedure_date": date(2024, 1, on),
            "azoospermia_type": "noa",
            "procedure": "micro_tese",
            "sides": "right",
            "primary_aetiology": "idiopathic",
            "klinefelter_status": "not_klinefelter",
            "y_microdeletion": "none",
            "prior_retrieval": "no_prior",
            "attempt_number": 1,
            "result_status": "final",
            "sperm_found": "motile",
        }
        | changes
    )


def men(found, known, *, pending=0, prefix="M", **changes):
    """`known` men of whom `found` have sperm, and `pending` whose result is awaited; one attempt each."""
    return [
        row(
            f"{prefix}{number}",
            **{
                "case_number": f"{prefix}-{number}",
                "result_status": "final" if number < known else "",
                "sperm_found": "" if number >= known else ("motile" if number < found else "none"),
                "disposition": "frozen" if number < found else "",
            }
            | changes,
        )
        for number in range(known + pending)
    ]


def where(rows, measure="micro_noa", unit=Unit.MAN):
    """The case numbers by the part of the measure in which they count."""
    tally = counting.tally(BY_ID[measure], rows, unit)
    return {part.value: [r.case_number for r in found] for part, found in tally.rows.items() if found}


def audited(rows, level=Level.CLOSED, **filters):
    return comparison.audit(
        rows,
        filters=Filters(**filters),
        references=reference.named(Filters(**filters).reference_set),
        level=level,
        clinic="Cedar",
        synthetic=False,
        source="clinic",
        made_by="Amal",
        made_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
