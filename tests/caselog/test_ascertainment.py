"""A theatre list beside the record."""

import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from caselog.models import Change
from caselog.services import ascertainment
from caselog.services.ascertainment import NotAList

URL = reverse("case_ascertainment")
TODAY = date(2025, 6, 30)


def read(text):
    return ascertainment.pasted(text, today=TODAY)


@pytest.fixture
def compare(clinic, administrator):
    return lambda text: ascertainment.compare(read(text), by=administrator, clinic=clinic)


@pytest.fixture
def three(make_case):
    """Cases on 1, 2 and 3 March."""
    return [
        make_case(patient_code=code, procedure_date=date(2025, 3, day))
        for day, code in ((1, "K-1"), (2, "K-2"), (3, "K-3"))
    ]


def test_same_code_and_day_is_logged_a_day_apart_is_perhaps_the_rest_is_missing(compare, three):
    found = compare("date\tcode\n2025-03-01\tK-1\n2025-03-03\tK-2\n2025-03-03\tK-9\n")
    assert [(one.code, case) for one, case in found.logged] == [("K-1", three[0])]
    assert [(one.code, case) for one, case in found.perhaps] == [("K-2", three[1])]
    assert [one.code for one in found.missing] == ["K-9"]
    assert found.not_listed == [three[2]]


def test_two_days_apart_is_another_operation(compare, three):
    assert [one.code for one in compare("2025-03-04,K-2").missing] == ["K-2"]


def test_one_case_answers_for_one_operation_and_the_exact_day_comes_first(compare, three):
    found = compare("2025-03-01,K-2\n2025-03-02,K-2")
    assert [one.on.day for one, _case in found.logged] == [2]
    assert [one.on.day for one in found.missing] == [1]


def test_a_line_said_twice_counts_once(compare, three):
    found = compare("2025-03-01;K-1\n2025-03-01;k-1\n")
    assert (len(found.listed), len(found.logged), [one.row for one in found.repeated]) == (1, 1, [2])


def test_codes_are_the_same_in_any_case_and_digits(compare, three):
    assert len(compare("2025-03-01,k-١").logged) == 1


def test_a_cancelled_operation_is_not_missed_on_the_list(compare, make_case):
    make_case(procedure_date=date(2025, 3, 1), status="cancelled", status_reason="Fever")
    assert compare("2025-03-01,K-77").not_listed == []


@pytest.mark.parametrize("performed_first", [True, False])
def test_a_performed_operation_comes_before_a_cancelled_one_of_the_same_man_and_day(
    compare, make_case, performed_first
):
    same = {"patient_code": "K-1", "procedure_date": date(2025, 3, 1)}
    ways = [{}, {"status": "cancelled", "status_reason": "Fever"}]
    made = [make_case(**same, **way) for way in (ways if performed_first else ways[::-1])]
    performed = made[0] if performed_first else made[1]
    found = compare("2025-03-01,K-1")
    assert [case for _one, case in found.logged] == [performed]
    assert found.not_listed == []


def test_a_cancelled_operation_answers_for_a_line_that_nothing_else_fits(compare, make_case):
    cancelled = make_case(
        patient_code="K-1", procedure_date=date(2025, 3, 1), status="cancelled", status_reason="Fever"
    )
    assert [case for _one, case in compare("2025-03-01,K-1").logged] == [cancelled]


def test_of_two_days_a_day_apart_the_day_before_comes_first(compare, make_case):
    made = [make_case(patient_code="K-1", procedure_date=date(2025, 3, day)) for day in (1, 3)]
    found = compare("2025-03-02,K-1")
    assert [case for _one, case in found.perhaps] == made[:1]


@pytest.mark.parametrize(
    "text",
    [
        "Date,Patient code,Procedure\n2025-03-01,K-1,mTESE",
        "procedure;date of operation;code\nmTESE;2025-03-01;K-1",
        "التاريخ\tالرمز\tالعملية\n٢٠٢٥-٠٣-٠١\tK-1\tmTESE",
        "2025-03-01\tK-1\tmTESE",
    ],
)
def test_columns_are_known_by_their_headings_or_by_what_stands_in_them(text):
    [one] = read(text)
    assert (one.on, one.code, one.procedure) == (date(2025, 3, 1), "K-1", "mTESE")


@pytest.mark.parametrize(
    ("text", "row", "value", "said"),
    [
        ("date,code\n03/04/2025,K-1", 2, "03/04/2025", "one way only"),
        ("date,code\n2025-03-01,", 2, "", "code is missing"),
        ("date,code\n,K-1", 2, "K-1", "date is missing"),
        ("date,code\n2025-07-01,K-1", 2, "2025-07-01", "still to come"),
        ("2025-02-30 K-1", 1, "2025-02-30 K-1", "no column of dates"),
    ],
)
def test_an_error_says_row_value_rule_and_remedy(text, row, value, said):
    with pytest.raises(NotAList) as wrong:
        read(text)
    [error] = wrong.value.errors
    assert error.startswith(f"Row {row}, “{value}”: ")
    assert said in error
    assert "; " in error


def test_every_error_is_told_at_once():
    with pytest.raises(NotAList) as wrong:
        read("date,code\n1/2/25,K-1\n2025-03-01,K-2\nsoon,K-3")
    assert [error[:5] for error in wrong.value.errors] == ["Row 2", "Row 4"]


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_only_administrators_compare(clinic, member, role):
    with pytest.raises(PermissionDenied):
        ascertainment.compare(read("2025-03-01,K-1"), by=member(role), clinic=clinic)


def test_what_was_pasted_stays_and_nothing_is_stored(client, administrator, three):
    client.force_login(administrator)
    before = Change.objects.count()
    text = "date\tcode\n2025-03-01\tK-1\n2025-03-02\tX-404"
    page = client.post(URL, {"pasted": text})
    assert page.status_code == 200
    words = page.content.decode()
    assert "1 of 2 operations on the list are logged" in words
    assert "50 %" in words
    assert page.context["form"]["pasted"].value() == text
    assert "X-404" not in client.get(URL).content.decode()
    assert Change.objects.count() == before


def test_errors_keep_what_was_pasted(client, administrator):
    client.force_login(administrator)
    page = client.post(URL, {"pasted": "date,code\n03/04/2025,K-1"})
    assert page.status_code == 422
    assert "03/04/2025,K-1" in page.content.decode()
    assert "Row 2" in page.content.decode()


def test_a_workbook_is_read_as_well(client, administrator, three):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Date", "Code"])
    book.active.append([date(2025, 3, 1), "K-1"])
    data = io.BytesIO()
    book.save(data)
    client.force_login(administrator)
    page = client.post(URL, {"file": SimpleUploadedFile("theatre.xlsx", data.getvalue())})
    assert len(page.context["found"].logged) == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Paste a list or choose a file."), ({"pasted": "2025-03-01,K-1", "file": True}, "not both")],
)
def test_a_list_comes_in_one_way(client, administrator, sent, said):
    client.force_login(administrator)
    if sent.get("file"):
        sent = sent | {"file": SimpleUploadedFile("list.csv", b"2025-03-01,K-1")}
    page = client.post(URL, sent)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_a_file_that_is_no_list_is_told(client, administrator):
    client.force_login(administrator)
    page = client.post(URL, {"file": SimpleUploadedFile("theatre.xls", b"\xd0\xcf\x11\xe0rest")})
    assert page.status_code == 422
    assert "old Excel file" in page.content.decode()
