"""Fills an empty database with clinics of 1,000 cases and audits them all, beside the bare query.

    python -m tests.benchmarks.whole_registry 1000 10000 100000 1000000

Each number of cases is measured in a process of its own. The database is that of the environment and
must be empty: CASELOG_HOME in demo mode for SQLite, DATABASE_URL for PostgreSQL. One line of JSON comes out
for each number.
"""

import gc
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

SEED, ROUNDS = 8_401, 3
CLINICS, CASES = 10, 1_000  # that are dealt; all others are copies of these
STRIDE = 2 * CLINICS * CASES  # between the keys of a record and its next copy
FIRST = date(2022, 1, 3)
_NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
# Of this connection, whose rows are the same thousand over and over.
UNCHECKED = {
    "sqlite": ["PRAGMA ignore_check_constraints = ON", "PRAGMA foreign_keys = OFF"],
    "postgresql": ["SET session_replication_role = replica"],
}
# The same cells, put together by hand from docs/methods/rates-in-sql.md and by nothing of the product: a
# slow query of ours would make its own quotient look well.
WRITTEN = """
SELECT clinic_id,
       CASE WHEN azoospermia_type = 'oa' THEN 'obstructive'
            WHEN procedure = 'micro_tese' THEN 'micro_noa' ELSE 'conventional_noa' END AS population,
       COUNT(*) FILTER (WHERE final AND found),
       COUNT(*) FILTER (WHERE final AND examined),
       COUNT(*) - COUNT(*) FILTER (WHERE final AND examined)
FROM (
    SELECT c.clinic_id, c.azoospermia_type, c.procedure, r.result_status = 'final' AS final,
           EXISTS (SELECT 1 FROM caselog_testis t JOIN caselog_finding f ON f.testis_id = t.id
                   WHERE t.case_id = c.id
                   AND f.sperm_found IN ('motile', 'immotile', 'unspecified')) AS found,
           EXISTS (SELECT 1 FROM caselog_testis t JOIN caselog_finding f ON f.testis_id = t.id
                   WHERE t.case_id = c.id
                   AND f.sperm_found IN ('motile', 'immotile', 'unspecified', 'none')) AS examined
    FROM caselog_case c LEFT JOIN caselog_laboratoryreport r ON r.case_id = c.id
    WHERE c.state = 'complete' AND c.status = 'performed'
      AND (c.azoospermia_type = 'oa'
           OR (c.azoospermia_type = 'noa' AND c.procedure IN ('micro_tese', 'conventional_tese')
               AND c.preceding_procedures IN ('', c.procedure)))
      AND NOT EXISTS (
          SELECT 1 FROM caselog_case e
          WHERE e.patient_id = c.patient_id AND e.state = 'complete' AND e.status = 'performed'
            AND (e.procedure_date, e.attempt_number, e.id) < (c.procedure_date, c.attempt_number, c.id))
) AS first_operations
GROUP BY 1, 2
"""
PROCEDURES = ["micro_tese"] * 6 + ["conventional_tese"] * 3 + ["tesa"]


def main(sizes):
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from caselog.history import triggers
    from caselog.models import Clinic

    call_command("migrate", verbosity=0)
    triggers.remove(connection)  # a million entries of history are not what is measured
    people = _people()
    filled = Clinic.objects.count()  # what an interrupted run has filled is not filled again
    for size in sizes:
        clinics = max(1, size // CASES)
        with connection.cursor() as cursor:
            for statement in UNCHECKED[connection.vendor]:
                cursor.execute(statement)
        while filled < clinics:
            filled = _next_clinics(filled, min(clinics, CLINICS), people)
        _analyse()
        connection.close()
        subprocess.run(
            [sys.executable, "-m", __spec__.name, "measure", str(size)], check=True, env=os.environ
        )


def _people():
    from caselog.models import User

    names = ["administrator", "surgeon", "second", "embryologist", "witness"]
    found = [User.objects.get_or_create(email=f"{name}@registry.example", name=name) for name in names]
    return [user for user, _new in found]


def _next_clinics(filled, wanted, people):
    """The first ones are dealt; after these ten more at a time are copied. Returns how many there are."""
    if filled < CLINICS:
        for n in range(filled, wanted):
            _deal(n, people)
        return wanted
    _copy(filled // CLINICS)
    return filled + CLINICS


def _clinic(n, administrator):
    from caselog.models import Clinic, Membership

    clinic = Clinic.objects.create(pk=n + 1, name=f"Clinic {n + 1:04d}", synthetic=True)
    Membership.objects.create(clinic=clinic, user=administrator, role="administrator")
    return clinic


def _deal(n, people):
    """A clinic of its own: every part of a measure is there, and its rates are not those of the next one."""
    from caselog.models import Case, Finding, LaboratoryReport, Patient, Testis

    random = Random(SEED + n)
    administrator, *surgeons, embryologist, witness = people
    clinic, start = _clinic(n, administrator), n * CASES
    found = random.uniform(0.3, 0.7)
    men, cases, testes, findings, reports = [], [], [], [], []
    for i in range(1, CASES + 1):
        pk = start + i
        man = men[-1] if men and random.random() < 0.08 else Patient(pk=pk, clinic=clinic, code=str(i))
        again = bool(men) and man is men[-1]
        if not again:
            men.append(man)
        answers = _operation(random, again, FIRST + timedelta(i))
        signed = {} if answers["state"] == "draft" else {"signed_by": surgeons[0], "signed_at": _NOON}
        case = Case(pk=pk, clinic=clinic, patient=man, number=str(i), surgeon=random.choice(surgeons),
                    created_by=surgeons[0], **answers, **signed)  # fmt: skip
        cases.append(case)
        for place, side in enumerate(["right", "left"] if case.sides == "both" else ["right"], 1):
            testis = Testis(pk=2 * pk - place + 1, clinic=clinic, case=case, side=side)
            testes.append(testis)
            result = "motile" if random.random() < found else "none"
            findings.append(Finding(pk=testis.pk, clinic=clinic, testis=testis, sperm_found=result))
        if random.random() < 0.95:
            reports.append(LaboratoryReport(
                pk=pk, clinic=clinic, case=case, embryologist=embryologist, witness=witness,
                processing_methods=["mincing"], search_minutes=60, disposition="discarded",
                result_status="final", finalised_at=_NOON, finalised_by=embryologist,
            ))  # fmt: skip
    for model, rows in _tables(men, cases, testes, findings, reports):
        model.objects.bulk_create(rows, batch_size=500)


def _operation(random, again, on):
    kind = random.choices(["noa", "oa", "uncertain"], [75, 22, 3])[0]
    procedure = "tesa" if kind == "oa" else random.choice(PROCEDURES)
    both = procedure == "micro_tese" and random.random() < 0.03
    state = "draft" if random.random() < 0.02 else "complete"
    stopped = random.random() < 0.02
    return {
        "procedure_date": on,
        "state": state,
        "status": "abandoned" if stopped else "performed",
        "status_reason": "Anaesthesia" if stopped else "",
        "azoospermia_type": kind,
        "primary_aetiology": {"noa": "idiopathic", "oa": "vasectomy", "uncertain": "unknown"}[kind],
        "klinefelter_status": "not_klinefelter",
        "y_microdeletion": "none" if kind == "noa" else "",
        "attempt_number": 2 if again else 1,
        "prior_retrieval": "none_found" if again else "no_prior",
        "procedure": procedure,
        "preceding_procedures": ["conventional_tese"] if both else [],
        "sides": random.choice(["both", "right"]),
        "anaesthesia": "general",
    }


def _tables(*rows):
    from caselog.models import Case, Finding, LaboratoryReport, Patient, Testis

    models = (Patient, Case, Testis, Finding, LaboratoryReport)
    return zip(models, rows or ((),) * len(models), strict=True)


def _copy(times):
    """Every dealt clinic once more, by the database itself."""
    from django.db import connection, transaction

    from caselog.models import User

    administrator = User.objects.earliest("pk")
    with transaction.atomic(), connection.cursor() as cursor:
        for n in range(CLINICS):
            _clinic(times * CLINICS + n, administrator)
        for model, _rows in _tables():
            statement, moved = _insert_copy(model)
            by = {"clinic": times * CLINICS, "key": times * STRIDE, "last": STRIDE}
            cursor.execute(statement, [by[name] for name in (*moved, "last")])


def _insert_copy(model):
    """INSERT … SELECT of the first records with their keys moved, and what each parameter moves."""
    from django.db import connection

    quote = connection.ops.quote_name
    fields = model._meta.local_concrete_fields
    moves = {"clinic": "clinic", **dict.fromkeys((model._meta.pk.name, "patient", "case", "testis"), "key")}
    columns = [quote(field.column) for field in fields]
    taken = [
        column + " + %s" if field.name in moves else column
        for field, column in zip(fields, columns, strict=True)
    ]
    parts = ["INSERT INTO", quote(model._meta.db_table), "(", ", ".join(columns), ") SELECT"]
    parts += [", ".join(taken), "FROM", quote(model._meta.db_table), "WHERE id <= %s"]
    return " ".join(parts), [moves[field.name] for field in fields if field.name in moves]


def _analyse():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def measure(size):
    import django

    django.setup()
    from django.db import connection

    from audit import reference, registry
    from audit.results import Filters
    from caselog.models import Clinic, User

    user, names = User.objects.earliest("pk"), dict(Clinic.objects.values_list("pk", "name"))
    (references,), question = reference.named("document"), registry.asked(Filters())

    def audit():
        return registry.whole(user=user, names=names, question=question, references=references)

    # One clinic first: what the libraries themselves take is paid once, by whatever is audited first.
    other = registry.asked(Filters(since=FIRST, until=FIRST + timedelta(3)))
    registry.whole(user=user, names=names, question=other, references=references)
    with _recorded(connection) as asked:
        funnels, mib = _peak(audit)

    def read(*query):
        with connection.cursor() as cursor:
            cursor.execute(*query)
            return cursor.fetchall()

    jobs = [lambda: read(*asked[-1]), lambda: read(WRITTEN), audit]
    rows, written = jobs[0](), jobs[1]()
    times = [[_seconds(job) for job in jobs] for _ in range(ROUNDS)]
    said = {
        "engine": connection.vendor,
        "cases": size,
        "clinics": len(names),
        "cells": len(rows),
        "known": sum(point.known or 0 for funnel in funnels for point in funnel.points),
        "queries": len(asked),
        "same_cells": {tuple(row) for row in rows} == {tuple(row) for row in written},
        "bare_seconds": round(median(bare for bare, _written, _audit in times), 4),
        "written_seconds": round(median(written for _bare, written, _audit in times), 4),
        "audit_seconds": round(median(audited for _bare, _written, audited in times), 4),
        "ratio": round(median(audited / bare for bare, _written, audited in times), 3),
        "ratio_to_written": round(median(audited / written for _bare, written, audited in times), 3),
        "peak_mib": round(mib, 1),
    }
    print(json.dumps(said), flush=True)


@contextmanager
def _recorded(connection):
    asked = []

    def keep(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield asked


def _peak(job):
    """What the job returns, and by how many MiB the memory of this process rose at its peak; on Linux."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    before = _memory("VmRSS")
    return job(), (_memory("VmHWM") - before) / 1024


def _memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _seconds(job):
    start = perf_counter()
    job()
    return perf_counter() - start


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselog.settings")
    if sys.argv[1] == "measure":
        measure(int(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]])
