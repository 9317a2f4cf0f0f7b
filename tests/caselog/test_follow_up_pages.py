"""The pages of the follow-up: who is due, the forms, and the part on the page of a case."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog import visits
from caselog.models import Case, Complication, Confirmation, FollowUp, IcsiCycle
from caselog.services import cases, follow_up
from caselog.web import due
from caselog.web.case_follow_up import follow_up_of

LISTS = reverse("follow_ups")


@pytest.fixture
def operated(clinic, surgeon, answers):
    """operated(100) is a signed case of 100 days ago."""

    def make(days, **changes):
        today = timezone.localdate()
        usual = answers(surgeon=surgeon, procedure_date=today - timedelta(days=days))
        return cases.save_operation(
            by=surgeon, clinic=clinic, answers=usual | changes, today=today, sign=True
        )

    return make


@pytest.fixture
def record(surgeon):
    """record(case, "3") is a visit at which nothing was wrong."""

    def make(case, month, *, days=95, **changes):
        seen = case.procedure_date + timedelta(days=days)
        return follow_up.save_visit(
            by=surgeon,
            case=case,
            month=month,
            answers={"complications": "none_known", "seen_on": seen} | changes,
            today=timezone.localdate(),
        )

    return make


def text_of(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def day(name, on) -> dict[str, str]:
    return {f"{name}_0": str(on.day), f"{name}_1": str(on.month), f"{name}_2": str(on.year)}


def hidden(response) -> dict[str, str]:
    """What the form goes along with, as a browser sends it back."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: html.unescape(value) for name, value in found}


def post(client, url, *, opened=None, **typed):
    return client.post(url, hidden(opened or client.get(url)) | typed)


def visit_url(case, month=3):
    return reverse("follow_up_visit", args=[case.pk, month])


# The lists


def test_the_lists_say_who_is_due_and_who_overdue_the_oldest_first(as_surgeon, operated, record):
    operated(95, patient_code="THREE")
    operated(180, patient_code="SIX")
    record(operated(96, patient_code="SEEN"), "3")
    operated(10, patient_code="FRESH")
    now = as_surgeon.get(LISTS).context["page"].rows
    assert [(row.case.patient.code, row.month.value) for row in now] == [("THREE", "3"), ("SIX", "6")]
    overdue = as_surgeon.get(LISTS, {"list": "overdue"}).context["page"].rows
    assert [(row.case.patient.code, row.month.value) for row in overdue] == [("SIX", "3")]
    page = text_of(as_surgeon.get(LISTS))
    assert "Due now ( 2 )" in page
    assert "Overdue ( 1 )" in page


def test_the_lists_are_narrowed_to_one_month(as_surgeon, operated):
    operated(95, patient_code="THREE")
    operated(180, patient_code="SIX")
    page = as_surgeon.get(LISTS, {"month": "6"})
    assert [row.case.patient.code for row in page.context["page"].rows] == ["SIX"]
    assert "month=6" in page.content.decode()
    everybody = as_surgeon.get(LISTS, {"month": "7"})
    assert len(everybody.context["page"].rows) == 2


def test_an_empty_list_says_so(as_surgeon):
    assert "No follow-up is due now." in text_of(as_surgeon.get(LISTS))
    assert "No follow-up is overdue." in text_of(as_surgeon.get(LISTS, {"list": "overdue"}))


def test_the_follow_ups_of_another_clinic_are_not_there(client, operated, member, other_clinic):
    operated(95)
    client.force_login(member("surgeon", clinic=other_clinic))
    assert not client.get(LISTS).context["page"].rows


def test_htmx_gets_the_rows_alone(as_surgeon, operated):
    case = operated(95)
    page = as_surgeon.get(LISTS, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert case.patient.code in page


def test_readers_see_who_is_due_and_record_nothing(client, reader, operated):
    case = operated(95)
    client.force_login(reader)
    assert case.patient.code in text_of(client.get(LISTS))
    assert visit_url(case) not in client.get(LISTS).content.decode()
    assert client.get(visit_url(case)).status_code == 403
    assert client.post(visit_url(case)).status_code == 403


@pytest.mark.parametrize("count", [10, pytest.param(1000, marks=pytest.mark.slow)])
def test_the_lists_cost_the_same_however_long(as_surgeon, many_cases, count, django_assert_max_num_queries):
    many_cases(count, newest=timezone.localdate() - timedelta(days=30))
    for query in ({}, {"list": "overdue"}, {"month": "12"}):
        with django_assert_max_num_queries(10):
            response = as_surgeon.get(LISTS, query)
        assert len(response.content) < 100_000


def test_pages_by_key_show_every_follow_up_once_and_lead_back(operated, rf):
    for days in (130, 200, 200, 400, 420, 700, 700):
        operated(days)
    today = timezone.localdate()
    ask = {"overdue": True, "months": list(visits.DAYS_AFTER), "today": today}

    def page(query, size):
        return due.page(Case.objects.select_related("patient"), query, size=size, **ask)

    everything = [(row.on, row.pk, row.month) for row in page(rf.get("/").GET, 1000).rows]
    assert everything == sorted(everything)
    assert len(everything) > 12
    seen, query, pages = [], "", []
    while True:
        found = page(rf.get(f"/{query}").GET, 4)
        seen += [(row.on, row.pk, row.month) for row in found.rows]
        pages.append(found)
        if not found.next:
            break
        query = found.next
    assert seen == everything
    back = page(rf.get(f"/{pages[-1].previous}").GET, 4)
    assert back.rows == pages[-2].rows


def test_a_key_that_is_not_ours_shows_the_first_page(as_surgeon, operated):
    operated(95)
    for key in ("x", "2025-13-01_1", "2025-01-01_x", "_"):
        assert as_surgeon.get(LISTS, {"after": key}).context["page"].rows


# The form of a visit


def test_the_minimum_of_a_visit_is_asked_first_and_the_rest_is_folded(as_surgeon, operated):
    case = operated(95)
    form = as_surgeon.get(visit_url(case)).context["form"]
    first = {question.name for group in form.first.groups for question in group.questions}
    assert {"complications", "seen_on", "testosterone_result", "replacement_started"} <= first
    assert not first & {"ultrasound", "lh_result", "follow_up_note"}
    folded = {question.name for group in form.more.groups for question in group.questions}
    assert first | folded == set(form.fields)


def test_a_visit_is_saved_and_the_case_tells_it(as_surgeon, operated):
    case = operated(100)
    seen = case.procedure_date + timedelta(days=91)
    typed = {"complications": "none_known", "replacement_started": "no", **day("seen_on", seen)}
    typed |= {"testosterone_result": "measured", "testosterone_value": "12,4", "testosterone_unit": "nmol_l"}
    answer = post(as_surgeon, visit_url(case), **typed)
    assert answer.status_code == 302
    assert answer.url == reverse("case_detail", args=[case.pk]) + "#follow-up"
    page = text_of(as_surgeon.get(answer.url))
    assert "Saved: follow-up at 3 months." in page
    assert "None known at 3 months." in page
    assert "12.4 nmol/L" in page


def test_a_mistake_keeps_what_was_typed_and_names_its_field(as_surgeon, operated):
    case = operated(100)
    typed = {"complications": "none_known", **day("seen_on", case.procedure_date), "follow_up_note": "Well"}
    answer = post(as_surgeon, visit_url(case), **typed)
    assert answer.status_code == 422
    assert "not after the operation" in text_of(answer)
    assert ">Well</textarea>" in answer.content.decode().replace("\n", "")
    assert not FollowUp.objects.exists()


def test_an_unusual_value_is_asked_about_on_the_form_and_kept_when_confirmed(as_surgeon, operated, surgeon):
    case = operated(100)
    seen = case.procedure_date + timedelta(days=91)
    typed = {"complications": "none_known", **day("seen_on", seen), "testosterone_result": "measured"}
    typed |= {"testosterone_value": "0.6", "testosterone_unit": "nmol_l"}
    asked = post(as_surgeon, visit_url(case), **typed)
    assert asked.status_code == 422
    (box,) = re.findall(r'type="checkbox" name="(confirm\.[^"]+)" value="([^"]+)"', asked.content.decode())
    answer = post(as_surgeon, visit_url(case), opened=asked, **typed, **{box[0]: html.unescape(box[1])})
    assert answer.status_code == 302
    assert Confirmation.objects.get().confirmed_by == surgeon


def test_a_visit_with_a_complication_leads_on_to_it(as_surgeon, operated):
    case = operated(100)
    typed = {"complications": "some", **day("seen_on", case.procedure_date + timedelta(days=91))}
    answer = post(as_surgeon, visit_url(case), **typed)
    assert answer.url == reverse("complication_new", args=[case.pk])
    assert "Now record what it was." in text_of(as_surgeon.get(answer.url))


def test_two_people_at_one_visit_lose_nothing(as_surgeon, operated, record):
    case = operated(100)
    record(case, "3", days=91)
    opened = as_surgeon.get(visit_url(case))
    record(case, "3", days=91, replacement_started="yes")
    seen = day("seen_on", case.procedure_date + timedelta(days=91))
    kept = post(
        as_surgeon,
        visit_url(case),
        opened=opened,
        complications="none_known",
        follow_up_note="By telephone",
        **seen,
    )
    assert kept.status_code == 302
    visit = FollowUp.objects.get()
    assert (visit.replacement_started, visit.follow_up_note) == ("yes", "By telephone")

    dispute = post(
        as_surgeon,
        visit_url(case),
        opened=opened,
        complications="none_known",
        replacement_started="no",
        **seen,
    )
    assert dispute.status_code == 422
    assert "Two answers to one question" in text_of(dispute)
    assert FollowUp.objects.get().replacement_started == "yes"


@pytest.mark.parametrize("month", [0, 4, 999])
def test_there_is_no_other_month(as_surgeon, case, month):
    assert as_surgeon.get(visit_url(case, month)).status_code == 404


def test_a_draft_leads_back_to_its_case(as_surgeon, make_case):
    draft = make_case(sign=False)
    answer = as_surgeon.get(visit_url(draft), follow=True)
    assert "Follow-up begins with the signed operation." in text_of(answer)
    assert "Follow-up begins when the case is signed." in text_of(answer)


# Complications and cycles


def test_a_complication_is_added_changed_and_removed_from_the_case(as_surgeon, operated):
    case = operated(100)
    new = reverse("complication_new", args=[case.pk])
    assert post(as_surgeon, new, kind="haematoma", onset_day="0", grade="3a").status_code == 302
    found = Complication.objects.get()
    page = text_of(as_surgeon.get(reverse("case_detail", args=[case.pk])))
    assert re.search(r"Haematoma · Clavien–Dindo IIIa · day 0", page)
    change = reverse("complication_change", args=[found.pk])
    assert post(as_surgeon, change, kind="haematoma", onset_day="2", grade="1").status_code == 302
    found.refresh_from_db()
    assert (found.onset_day, found.grade, found.version) == (2, "1", 2)
    remove = reverse("complication_remove", args=[found.pk])
    as_surgeon.post(remove, {"version": 1})
    assert Complication.objects.exists()
    as_surgeon.post(remove, {"version": 2})
    assert not Complication.objects.exists()


def test_a_double_tap_makes_one_complication(as_surgeon, operated):
    new = reverse("complication_new", args=[operated(100).pk])
    opened = as_surgeon.get(new)
    for _tap in range(3):
        sent = post(as_surgeon, new, opened=opened, kind="wound", onset_day="3", grade="1")
        assert sent.status_code == 302
    assert Complication.objects.count() == 1


def test_a_contradiction_stays_visible_on_the_case(as_surgeon, operated, record, surgeon):
    case = operated(120)
    record(case, "3", days=91)
    new = reverse("complication_new", args=[case.pk])
    typed = {"kind": "infection", "onset_day": "5", "grade": "2"}
    asked = post(as_surgeon, new, **typed)
    assert asked.status_code == 422
    assert "says that no complication is known" in text_of(asked)
    (box,) = re.findall(r'type="checkbox" name="(confirm\.[^"]+)" value="([^"]+)"', asked.content.decode())
    post(as_surgeon, new, opened=asked, **typed, **{box[0]: html.unescape(box[1])})
    page = text_of(as_surgeon.get(reverse("case_detail", args=[case.pk])))
    assert "No complication was known at this visit, yet one of before is recorded below." in page


def test_a_cycle_is_added_and_told_with_its_zeros(as_surgeon, operated):
    case = operated(100)
    new = reverse("cycle_new", args=[case.pk])
    started = day("started_on", case.procedure_date + timedelta(days=30))
    typed = {"sperm_source": "frozen", "mii_injected_n": "7", "two_pn_n": "0", **started}
    assert post(as_surgeon, new, **typed).status_code == 302
    cycle = IcsiCycle.objects.get()
    assert (cycle.two_pn_n, cycle.transferred_n) == (0, None)
    page = text_of(as_surgeon.get(reverse("case_detail", args=[case.pk])))
    assert "Fertilised normally (2PN) 0" in page
    assert "Embryos transferred not answered" in page
    wrong = post(as_surgeon, reverse("cycle_change", args=[cycle.pk]), **(typed | {"two_pn_n": "8"}))
    assert "8 of 7 cannot be" in text_of(wrong)


@pytest.mark.parametrize(
    "name", ["complication_change", "complication_remove", "cycle_change", "cycle_remove"]
)
def test_the_records_of_another_clinic_are_not_there(client, operated, surgeon, member, other_clinic, name):
    case = operated(100)
    today, usual = timezone.localdate(), {"by": surgeon, "case": case}
    answers = {"kind": "wound", "onset_day": 1, "grade": "1"}
    complication = follow_up.save_complication(**usual, answers=answers, today=today)
    answers = {"started_on": today, "sperm_source": "frozen"}
    cycle = follow_up.save_cycle(**usual, answers=answers, today=today)
    client.force_login(member("surgeon", clinic=other_clinic))
    record = complication if name.startswith("complication") else cycle
    assert client.post(reverse(name, args=[record.pk]), {"version": 1}).status_code == 404
    assert type(record).objects.exists()


# The page of a case


def test_none_known_and_not_followed_up_stand_apart_on_the_case(as_surgeon, operated, record):
    case = operated(800)
    record(case, "3", days=91)
    record(case, "6", complications="not_followed", seen_on=None)
    told = {visit.month.value: visit.status.word for visit in _follow_up(as_surgeon, case)["visits"]}
    assert told["3"].startswith("Seen on")
    assert told["6"] == "Not followed up"
    assert told["12"].startswith("Overdue since")
    assert _follow_up(as_surgeon, case)["none_known"] == "3 months"


def test_a_case_without_any_follow_up_does_not_say_that_all_went_well(as_surgeon, operated):
    page = text_of(as_surgeon.get(reverse("case_detail", args=[operated(20).pk])))
    assert "None is recorded, and no follow-up says that there was none." in page


def test_each_month_says_when_it_is_due(as_surgeon, operated):
    case = operated(95)
    words = [visit.status.word for visit in _follow_up(as_surgeon, case)["visits"]]
    assert words[0].startswith("Due now, until")
    assert all(word.startswith("From ") for word in words[1:])


def test_the_part_of_a_case_costs_the_same_however_much_there_is(
    operated, record, surgeon, django_assert_num_queries
):
    case = operated(800)
    for month in ("3", "6", "12", "18"):
        hormone = {"testosterone_value": Decimal(12), "testosterone_unit": "nmol_l"}
        record(case, month, testosterone_result="measured", **hormone)
    for number in range(5):
        answers = {"started_on": timezone.localdate(), "sperm_source": "frozen", "mii_injected_n": number}
        follow_up.save_cycle(by=surgeon, case=case, answers=answers, today=timezone.localdate())
    read = Case.objects.prefetch_related("measurements").get(pk=case.pk)
    with django_assert_num_queries(3):
        told = follow_up_of(read, today=timezone.localdate())
    assert len(told["cycles"]) == 5


def _follow_up(client, case):
    return client.get(reverse("case_detail", args=[case.pk])).context["follow_up"]
