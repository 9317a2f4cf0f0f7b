"""Every special case, in the exact words that page, JSON and workbook have for it.

The same operations are a spreadsheet that the command audits and cases that the pages audit.
"""

import json
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from audit import closing
from audit.results import Level
from audit.spreadsheet import read_cases
from caselog.models import Case, Finding, LaboratoryReport, Patient, Testis
from tests.audit.pages import text_of
from tests.audit.sheets import GHALAYINI
from tests.audit.special_cases import SINCE, UNTIL, USUAL, record, write_spreadsheet
from tests.audit.test_three_readers import by_the_api, in_the_workbook, on_the_page

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
ASKED = {"since": SINCE.isoformat(), "until": UNTIL.isoformat(), "reference_set": "document"}
AMBIGUOUS = "No verdict: the source is ambiguous"
NOTHING = "Not enough cases: no final result yet"
LIVE = "Not enough cases (judged at 99.8 %): rates "
# By measure: found, known, rate, interval at 95 and at 99.8 %, verdict, awaited results, what is not counted.
MEN = {
    # All successes: three of three exclude next to nothing. The man of an uncertain type may be one of them.
    "obstructive": (
        3, 3, "100 %", "29–100 %", "99.8 %: 10–100 %",
        LIVE + "under 10 % are excluded, nothing else is", "", ["1 uncertain type"],
    ),
    # All results are awaited: no rate, and no 0 %.
    "conventional_noa": (
        0, 0, "—", "—", "—", NOTHING, "0 known of 2; with the 2 pending: 0–100 %", ["1 combined operation"],
    ),
    # Found: of both sides, the one with Klinefelter syndrome, the immotile, the one with a side not sampled.
    # Not found: the first of three attempts, the first of two staged ones, the Klinefelter man who failed
    # before, and spermatids only. The missing outcome is awaited, and nobody's "no sperm".
    "micro_noa": (
        4, 8, "50 %", "16–84 %", "99.8 %: 6–94 %",
        LIVE + "under 6 % and over 94 % are excluded, nothing else is",
        "8 known of 9; with the 1 pending: 44–56 %",
        ["3 later attempts", "1 abandoned", "1 uncertain type", "1 combined operation"],
    ),
    # The second attempt of the man with three, the second side of another, and the Klinefelter man.
    "failed_before": (1, 3, "33 %", "1–91 %", "99.8 %: <1–98 %", AMBIGUOUS, "", ["1 later attempt"]),
    "klinefelter": (1, 2, "50 %", "1–99 %", "99.8 %: <1–>99 %", AMBIGUOUS, "", []),
    "genetic": (1, 2, "50 %", "1–99 %", "99.8 %: <1–>99 %", AMBIGUOUS, "", ["1 uncertain type"]),
    # The man in two groups stands in it once: 3 + 2 − 1 = 4.
    "c23_union": (
        2, 4, "50 %", "7–93 %", "99.8 %: 1–99 %", AMBIGUOUS, "", ["1 later attempt", "1 uncertain type"],
    ),
}  # fmt: skip
AT_95 = {
    "obstructive": "Not enough cases: rates under 29 % are excluded, nothing else is",
    "micro_noa": "Not enough cases: rates under 15 % and over 85 % are excluded, nothing else is",
}
CLOSED = {name: (*line[:5], AT_95.get(name, line[5]), *line[6:]) for name, line in MEN.items()}
OF_UNITS = {
    "attempt": {
        "micro_noa": (
            6, 11, "55 %", "23–83 %", "99.8 %: 12–92 %",
            "No verdict: attempts of one man are not independent",
            "11 known of 12; with the 1 pending: 50–58 %",
            ["1 abandoned", "1 uncertain type", "1 combined operation"],
        ),
        "failed_before": (2, 4, "50 %", "7–93 %", "99.8 %: 1–99 %", AMBIGUOUS, "", []),
    },
    # Both sides of one man; of the side that was not sampled nothing is known.
    "testis": {
        "micro_noa": (
            6, 12, "50 %", "—", "—", "No verdict: the two testes of one man are not independent",
            "12 known of 13; with the 1 pending: 46–54 %",
            ["1 abandoned", "1 uncertain type", "1 combined operation"],
        ),
    },
}  # fmt: skip
EMPTY_ARM = "Cannot be computed: it needs men with a final result in both groups"
NO_WEIGHT = "Cannot be computed: no weighed case. At least 2 weighed cases are needed in each group."
WEIGHED = "weighed: conventional TESE 0 of 2, micro-TESE 0 of 9"
SUPPRESSED = "suppressed: fewer than 8, or it would give such a count away"
NUMBERS = ("found", "known", "pending", "interval", "wide", "worst", "best", "verdict", "outlook", "beside")


def plain(said):
    """Without the marks that keep a line together."""
    if isinstance(said, str):
        return said.replace("\u2060", "").replace("\u00a0", " ")
    if isinstance(said, dict):
        return {name: plain(one) for name, one in said.items()}
    return type(said)(map(plain, said)) if isinstance(said, (list, tuple)) else said


def audited(spreadsheet, *options):
    """What the command prints and writes."""
    book = spreadsheet.with_name("out.xlsx")
    call_command(
        "audit", *map(str, [spreadsheet, "--json", "--out", book, *options]), stdout=(out := StringIO())
    )
    return SimpleNamespace(json=json.loads(out.getvalue()), book=load_workbook(book))


@pytest.fixture
def program(client, api, administrator, clinic):
    """Page, JSON and workbook of the clinic's own audit."""
    client.force_login(administrator)

    def read(**asked):
        asked = ASKED | asked
        answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", asked)
        file = b"".join(client.get(reverse("audit_workbook"), asked))
        return SimpleNamespace(
            page=client.get(reverse("audit"), asked),
            of=lambda name, *args: client.get(reverse(name, args=args), asked),
            json=answer.json(),
            book=load_workbook(BytesIO(file)),
        )

    return read


def by_each(read):
    """What each reader is told."""
    return {
        "page": plain(on_the_page(read.page.content.decode())),
        "JSON": plain(by_the_api(read.json)),
        "workbook": plain(in_the_workbook(read.book)),
    }


def cells(book, sheet):
    return [value for line in book[sheet].values for value in line]


def test_the_special_cases_have_the_same_exact_words_for_every_reader(
    make_case, make_report, program, tmp_path, subtests
):
    record(make_case, make_report)
    read = program()
    command = audited(write_spreadsheet(tmp_path / "special.csv"), "--live")
    for reader, said in by_each(read).items():
        with subtests.test("men", reader=reader):
            assert said == MEN
    with subtests.test("the command"):
        _of_command(command, read.json, MEN)
    with subtests.test("an arm is empty, and nothing was weighed"):
        _of_two_groups(command, read)
    with subtests.test("overlapping groups"):
        _of_overlaps(read)
    with subtests.test("cases in no rate"):
        _of_no_rate(read)
    for unit, wanted in OF_UNITS.items():
        for reader, said in by_each(program(unit=unit)).items():
            with subtests.test(unit, reader=reader):
                assert {name: said[name] for name in wanted} == wanted
    with subtests.test("nobody at all"):
        _of_nobody(program(azoospermia_type="oa"))
    with subtests.test("to be shared"):
        _of_what_is_shared(program(share="outside"))


def _of_command(command, answer, wanted):
    """The command says of the spreadsheet what the pages say of the clinic."""
    assert plain(in_the_workbook(command.book)) == wanted
    for measure, line in wanted.items():
        sentences = plain(command.json["sentences"][measure])
        assert line[5] in sentences
        assert not line[6] or line[6] in sentences
        assert not line[7] or "not counted: " + ", ".join(line[7]) in sentences
    mine = command.json["audit"]
    for one, other in zip(mine["comparisons"], answer["comparisons"], strict=True):
        assert {name: one[name] for name in NUMBERS} == {name: other[name] for name in NUMBERS}
    for name in ("cells_judged", "expected_false_below", "level"):
        assert mine[name] == answer[name]
    # A file's rows have no case number; whom they count is the same.
    mine_overlaps, overlaps = (
        [(one["groups"], one["count"]) for one in of["overlaps"]] for of in (mine, answer)
    )
    assert mine_overlaps == overlaps
    for name in ("difference", "fisher_p", "pending", "combined"):
        assert mine["difference"][name] == answer["difference"][name]
    counted = ("measure", "by", "group", "found", "known", "pending", "interval")
    mine_strata, strata = (
        [[line[name] for name in counted] for line in of["strata"]] for of in (mine, answer)
    )
    assert mine_strata == strata


def _of_two_groups(command, read):
    sheet, page = cells(read.book, "Difference and tissue"), text_of(read.page)
    difference, tissue = read.json["difference"], read.json["tissue"]
    for said in (
        page,
        difference["words"]["difference"],
        sheet,
        command.json["sentences"][difference["measure"]],
    ):
        assert EMPTY_ARM in said
    for said in (page, tissue["words"]["ratio"], sheet, command.json["sentences"][tissue["measure"]]):
        assert NO_WEIGHT in said
    for said in (
        text_of(read.of("audit_tissue")),
        tissue["words"]["weighed"],
        command.json["sentences"][tissue["measure"]],
    ):
        assert WEIGHED in said
    of_rate = text_of(read.of("audit_measure", "micro_noa"))
    for said in (of_rate, difference["words"]["pending"], sheet):
        assert "3 results pending" in said
    assert difference["fisher_p"] is None
    assert difference["difference"] is None
    assert tissue["ratio"] is None


def _of_overlaps(read):
    """Each man once, by exactly the groups he belongs to."""
    assert {
        tuple(one["groups"]): (one["count"]["found"], one["count"]["known"]) for one in read.json["overlaps"]
    } == {
        ("failed_before",): (1, 2),
        ("failed_before", "klinefelter", "genetic"): (0, 1),
        ("klinefelter", "genetic"): (1, 1),
    }
    assert [line[1:3] for line in read.book["Overlapping groups"].values][1:] == [(1, 2), (0, 1), (1, 1)]


def _of_no_rate(read):
    counted = {part: len(numbers) for part, numbers in read.json["quality"]["parts"].items()}
    assert counted == {"pending": 3, "abandoned": 1, "uncertain_type": 1, "combined": 1}
    assert [reason for _number, _status, reason in read.json["quality"]["reasons"]] == ["Bleeding"]
    said = cells(read.book, "Cases left out")
    assert "Bleeding" in said
    assert said.count("Result pending") == 3
    assert "Result pending 3" in text_of(read.of("audit_laboratory"))


def _of_nobody(read):
    for reader, said in by_each(read).items():
        assert said["micro_noa"] == (0, 0, "—", "—", "—", NOTHING, "", []), reader
        assert said["obstructive"] == (*MEN["obstructive"][:7], []), reader
    words = {one["measure"]: one["words"] for one in read.json["comparisons"]}
    assert words["micro_noa"]["rate"] == "no men with a final result"


def _of_what_is_shared(read):
    assert read.json["cases"] == 20
    assert {(one["found"], one["known"]) for one in read.json["rates"]} <= {(None, None), (None, 10), (0, 0)}
    assert all(one["judgements"] == [] or one["known"] == 0 for one in read.json["rates"])
    words = {one["measure"]: plain(one["words"]["rate"]) for one in read.json["rates"]}
    assert words["obstructive"] == f"* of *, {SUPPRESSED}"
    assert words["conventional_noa"] == "no men with a final result"
    summary = {line[0]: line for line in read.book["Summary"].values}
    assert summary["Obstructive azoospermia"][1:7] == ("*", "*", "—", "—", "—", f"No verdict: {SUPPRESSED}")
    assert f"No verdict: {SUPPRESSED}" in text_of(read.page)
    for said in (
        text_of(read.page),
        json.dumps(read.json),
        " ".join(map(str, cells(read.book, "Cases left out"))),
    ):
        assert "Bleeding" not in said


def test_at_95_percent_a_closed_audit_and_the_command_have_the_same_words(
    make_case, make_report, client, api, administrator, clinic, tmp_path
):
    record(make_case, make_report)
    run = closing.close_period(
        by=administrator, clinic=clinic, since=SINCE, until=UNTIL, reference_set="document", title="2024",
        now=NOW,
    )  # fmt: skip
    client.force_login(administrator)
    file = b"".join(client.get(reverse("audit_run_workbook", args=[run.pk])))
    read = SimpleNamespace(
        page=client.get(reverse("audit_run", args=[run.pk])),
        json=api(administrator).get(f"/api/v1/audit-runs/{run.pk}/").json()["audit"],
        book=load_workbook(BytesIO(file)),
    )
    for reader, said in by_each(read).items():
        assert said == CLOSED, reader
    command = audited(write_spreadsheet(tmp_path / "special.csv"))
    _of_command(command, read.json, CLOSED)
    assert command.json["audit"]["level"] == Level.CLOSED


PUBLISHED = {
    "conventional_noa": (
        26, 68, "38 %", "27–51 %", "99.8 %: 21–58 %",
        "Not enough cases (judged at 99.8 %): rates under 21 % and over 58 % are excluded, nothing else is",
        "", [],
    ),
    "micro_noa": (
        37, 65, "57 %", "44–69 %", "99.8 %: 37–75 %",
        "Not enough cases (judged at 99.8 %): rates under 37 % and over 76 % are excluded, nothing else is",
        "", [],
    ),
}  # fmt: skip


@pytest.fixture
def published(clinic, surgeon, witness, unguarded):
    """The published series as records of the clinic, each man with one operation."""
    rows, now = read_cases(GHALAYINI, today=UNTIL).rows, datetime(2024, 7, 1, tzinfo=UTC)
    signed = {"state": "complete", "signed_at": now, "signed_by": surgeon, "created_by": surgeon}
    usual = {name: value for name, value in USUAL.items() if not name.startswith(("right", "left"))}
    final = {
        "result_status": "final", "finalised_at": now, "finalised_by": surgeon, "embryologist": surgeon,
        "witness": witness, "search_minutes": 60, "processing_methods": "mincing",
    }  # fmt: skip
    with unguarded():
        men = Patient.objects.bulk_create(Patient(clinic=clinic, code=row.patient_code) for row in rows)
        cases = Case.objects.bulk_create(
            Case(
                clinic=clinic, patient=man, number=man.code, procedure_date=date(2024, 6, 4), surgeon=surgeon,
                **usual | signed | {"procedure": row.procedure, "magnification": ""},
            )
            for row, man in zip(rows, men, strict=True)
        )  # fmt: skip
        testes = Testis.objects.bulk_create(Testis(clinic=clinic, case=case, side="right") for case in cases)
        Finding.objects.bulk_create(
            Finding(clinic=clinic, testis=testis, sperm_found="motile" if row.retrieved else "none")
            for row, testis in zip(rows, testes, strict=True)
        )
        LaboratoryReport.objects.bulk_create(
            LaboratoryReport(
                clinic=clinic, case=case, disposition="frozen" if row.retrieved else "discarded", **final
            )
            for row, case in zip(rows, cases, strict=True)
        )


def test_of_the_published_series_the_command_and_the_pages_say_the_same(published, program, tmp_path):
    read = program()
    series = tmp_path / "series.csv"
    series.write_bytes(GHALAYINI.read_bytes())
    printed = audited(series, "--live")
    for reader, said in by_each(read).items():
        of_command = plain(in_the_workbook(printed.book))
        for measure, line in PUBLISHED.items():
            assert said[measure] == of_command[measure] == line, reader
    mine, answer = printed.json["audit"], read.json
    # Of the series nobody said who has Klinefelter syndrome or failed before: its other groups are unknown.
    for one, other in zip(mine["comparisons"][:3], answer["comparisons"][:3], strict=True):
        assert {name: one[name] for name in NUMBERS[:-1]} == {name: other[name] for name in NUMBERS[:-1]}
    for name in ("difference", "fisher_p", "pending", "combined"):
        assert mine["difference"][name] == answer["difference"][name]
    shared = [plain(one["words"]["rate"]) for one in program(share="outside").json["rates"]]
    series = audited(series, "--live", "--share-outside").json["sentences"]
    assert shared[1:3] == plain([series["conventional_noa"][0], series["micro_noa"][0]])
    assert shared[1:3] == ["25 of 70 men, 36 % (25–48 %)", "35 of 65 men, 54 % (41–66 %)"]
