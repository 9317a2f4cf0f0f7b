"""The workbook of 1,000 cases beside a bare loop that writes the same cells with openpyxl.

Run with `python tests/benchmarks/bench_workbook.py`; both are timed in the same run, in turns,
in seconds of the processor, which do not depend on what else the machine does.
"""

import os
import random
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from time import process_time

CASES, ROUNDS, MOST = 1_000, 7, 1.5


def made_up_rows(number):
    """Cases of every kind, the same ones each time."""
    from caselog.dataset import CaseRow

    chance = random.Random(7)
    for i in range(number):
        kind = chance.choice(["noa", "noa", "noa", "oa", "uncertain"])
        both = chance.random() < 0.6
        found = chance.choice(["motile", "immotile", "none", "none"])
        final = chance.random() < 0.93
        procedure = chance.choice(["micro_tese", "conventional_tese"]) if kind == "noa" else "tesa"
        mean = 150 if procedure == "micro_tese" else 900
        yield CaseRow(
            case_number=f"2025-{i:04d}",
            patient_code=f"K-{i - (i % 17 == 3):04d}",
            procedure_date=date(2022, 1, 1) + timedelta(days=i),
            status="performed" if i % 29 else "abandoned",
            status_reason="" if i % 29 else "anaesthesia",
            attempt_number=2 if i % 17 == 3 else 1,
            age_at_procedure=chance.randint(22, 50),
            azoospermia_type=kind,
            primary_aetiology="vasectomy" if kind == "oa" else chance.choice(["idiopathic", "klinefelter"]),
            klinefelter_status=chance.choice(["not_klinefelter", "non_mosaic", "not_tested", ""]),
            y_microdeletion=chance.choice(["none", "azfc", "not_tested"]) if kind == "noa" else "",
            prior_retrieval="none_found" if i % 17 == 3 else "no_prior",
            procedure=procedure,
            sides="both" if both else "right",
            anaesthesia="general",
            right_weighing="balance",
            right_tissue_weight_mg=Decimal(chance.randint(mean // 3, mean * 2)),
            left_weighing="not_weighed" if both else "",
            right_samples_n=chance.randint(1, 9),
            result_status="final" if final else "",
            right_sperm_found=found if final else "",
            left_sperm_found="none" if both and final else "",
            sperm_found=found if final else "",
            search_minutes=chance.randint(20, 300) if final else None,
            disposition="frozen" if final and found != "none" else "discarded",
        )


def made_up_audit(rows):
    from audit.comparison import audit
    from audit.results import Filters

    return audit(
        rows,
        filters=Filters(),
        clinic="Made-up clinic",
        synthetic=True,
        source="clinic",
        made_by="Benchmark",
        made_at=datetime(2025, 6, 30, 12, tzinfo=UTC),
    )


def bare_loop(sheets):
    """The same values on as many sheets, and nothing else."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(BytesIO())


def measure():
    from openpyxl import load_workbook

    from audit import reference
    from audit.workbook import write

    rows = list(made_up_rows(CASES))
    audit, figures = made_up_audit(rows), reference.load("document")
    written = BytesIO()
    write(audit, figures, rows, "en", written)
    book = load_workbook(written, read_only=True)
    values = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    ours, theirs = [], []
    for _round in range(ROUNDS):
        start = process_time()
        write(audit, figures, rows, "en", BytesIO())
        middle = process_time()
        bare_loop(values)
        ours.append(middle - start)
        theirs.append(process_time() - middle)
    return min(ours), min(theirs)


def main():
    sys.path.insert(0, str(Path(__file__).parents[2]))
    os.environ.setdefault("CASELOG_MODE", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselog.settings")
    import django

    django.setup()
    ours, bare = measure()
    sys.stdout.write(
        f"workbook of {CASES} cases {ours:.3f} s, bare loop {bare:.3f} s, "
        f"ratio {ours / bare:.2f} (at most {MOST})\n"
    )
    return 0 if ours <= MOST * bare else 1


if __name__ == "__main__":
    sys.exit(main())
