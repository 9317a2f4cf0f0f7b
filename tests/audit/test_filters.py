"""The filters of an audit: on the page, over the API, in the workbook and in kept runs."""

import re
from contextlib import nullcontext
from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from openpyxl import load_workbook

from audit import services, storage
from audit.models import AuditRun
from audit.results import Filters
from caselog.models import Membership
from caselog.services import cases as case_services
from tests.audit.saving import save
from tests.audit.year import NOW

URL, KEEP, RUNS = reverse("audit"), reverse("audit_keep"), reverse("audit_runs")
API_RUNS = "/api/v1/audit-runs/"
YEAR = {"since": date(2025, 1, 1), "until": date(2025, 12, 31)}
PERIOD = {name: day.isoformat() for name, day in YEAR.items()}


@pytest.fixture
def colleague(member):
    return member("surgeon", name="Cora Colleague")


@pytest.fixture
def cases(make_case, make_report, colleague):
    """The surgeon's micro-TESE with sperm, the colleague's without, and one on a man who came back."""
    found, none = make_case(), make_case(by=colleague)
    make_report(found)
    make_report(none, right_sperm_found="none", disposition="discarded")
    back = {"attempt_number": 2, "prior_retrieval": "found", "procedure_date": date(2025, 4, 1)}
    make_case(by=colleague, patient_code=found.patient.code, **back)
    return found, none


@pytest.fixture
def kept_of(clinic, administrator, cases):
    def keep(**chosen):
        return services.keep_run(
            by=administrator, clinic=clinic, filters=Filters(**YEAR, **chosen), title="Narrowed", now=NOW
        )

    return keep


@pytest.fixture
def page(client):
    def fetch(user, status=200, url=URL, **asked):
        client.force_login(user)
        response = client.get(url, PERIOD | asked)
        assert response.status_code == status, response.content
        return response.content.decode()

    return fetch


def counted(audit):
    micro = next(one for one in audit.comparisons if one.measure == "micro_noa")
    return micro.found, micro.known


# Who may ask for a surgeon --------------------------------------------------------------------


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", False), ("embryologist", False), ("reader", False), ("administrator", True)],
)
def test_the_figures_of_a_surgeon_are_for_that_surgeon_and_administrators(
    cases, clinic, member, surgeon, role, allowed
):
    asked = {"clinic": clinic, "filters": Filters(surgeon=surgeon.pk), "now": NOW}
    audit, rows = services.run(user=surgeon, **asked)
    assert (counted(audit), len(rows)) == ((1, 1), 1)
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        assert counted(services.run(user=member(role), **asked)[0]) == (1, 1)
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        services.left_by_each(user=member(role), clinic=clinic, filters=asked["filters"])


def test_the_surgeons_to_choose_from_are_oneself_or_everybody_who_operated(
    cases, clinic, surgeon, colleague, reader, administrator, member
):
    member("surgeon", name="Never Operated")
    both = {colleague.pk: "Cora Colleague", surgeon.pk: "Sami Surgeon"}
    assert services.surgeons(user=administrator, clinic=clinic) == both
    assert services.surgeons(user=surgeon, clinic=clinic) == {surgeon.pk: "Sami Surgeon"}
    assert services.surgeons(user=reader, clinic=clinic) == {}


def test_an_administrator_elsewhere_learns_nothing(cases, clinic, other_clinic, member, surgeon):
    stranger = member("administrator", clinic=other_clinic)
    Membership.objects.create(clinic=clinic, user=stranger, role="reader")
    with pytest.raises(PermissionDenied):
        services.run(user=stranger, clinic=clinic, filters=Filters(surgeon=surgeon.pk), now=NOW)
    assert services.surgeons(user=stranger, clinic=clinic) == {}


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_page_and_api_refuse_a_colleagues_figures_by_the_filters_name(
    cases, member, page, api, clinic, surgeon, role
):
    user, said = member(role), f"{surgeon.pk} is nobody whose figures you may see"
    asked = {"surgeon": surgeon.pk}
    shown = page(user, 422, **asked)
    assert said in shown
    assert "<svg" not in shown
    behind = {"measure": "micro_noa", "part": "found"}
    assert said in page(user, 422, reverse("audit_cases"), **behind, **asked)
    answer = api(user).get(f"/api/v1/clinics/{clinic.pk}/audit/", PERIOD | asked)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["surgeon"])


def test_a_surgeons_kept_run_is_found_by_that_surgeon_and_administrators_only(
    kept_of, client, api, member, surgeon, colleague, administrator, reader
):
    run, plain = kept_of(surgeon=surgeon.pk), kept_of()
    urls = [reverse(f"audit_run{name}", args=[run.pk]) for name in ("", "_again", "_cases")]
    for user, allowed in ((surgeon, True), (administrator, True), (colleague, False), (reader, False)):
        client.force_login(user)
        for url in urls:
            status = client.get(url, {"measure": "micro_noa", "part": "found"}).status_code
            assert status == (200 if allowed else 404), (user, url)
        assert (reverse("audit_run", args=[run.pk]) in client.get(RUNS).content.decode()) is allowed
        for path in (f"{API_RUNS}{run.pk}/", f"{API_RUNS}{run.pk}/again/"):
            assert api(user).get(path).status_code == (200 if allowed else 404)
        listed = [one["id"] for one in api(user).get(API_RUNS).json()["results"]]
        assert listed == ([plain.pk, run.pk] if allowed else [plain.pk])


# What a filter does ---------------------------------------------------------------------------


def test_a_surgeon_counts_the_men_who_came_to_that_surgeon_first(cases, clinic, administrator, colleague):
    ask = {"user": administrator, "clinic": clinic, "now": NOW}
    audit, rows = services.run(filters=Filters(surgeon=colleague.pk), **ask)
    assert (counted(audit), len(rows)) == ((0, 1), 2)
    assert audit.filters.surgeon_name == "Cora Colleague"


def test_the_name_is_the_records_and_not_the_askers(cases, clinic, administrator, surgeon):
    filters = Filters(surgeon=surgeon.pk, surgeon_name="Somebody Else")
    audit, _rows = services.run(user=administrator, clinic=clinic, filters=filters, now=NOW)
    assert audit.filters.surgeon_name == "Sami Surgeon"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_usual_page_has_the_filters_folded_away(cases, client, page, administrator, language):
    client.cookies["caselog_language"] = language
    shown = page(administrator)
    assert '<details class="folded more-filters">' in shown
    for name in ("surgeon", "procedure", "azoospermia_type", "primary_aetiology", "attempt"):
        assert f'<select name="{name}"' in shown


def test_nobody_is_offered_a_surgeon_who_may_not_choose_one(cases, page, reader, surgeon):
    assert '<select name="surgeon"' not in page(reader)
    own = page(surgeon)
    assert "Sami Surgeon" in own.partition('<select name="surgeon"')[2].partition("</select>")[0]
    assert "Cora Colleague" not in own


def test_what_was_chosen_stands_on_the_page_and_in_each_of_its_addresses(
    cases, page, administrator, colleague
):
    shown = page(administrator, surgeon=colleague.pk, attempt="first")
    assert '<details class="folded more-filters" open>' in shown
    assert "<dt>Surgeon</dt><dd>Cora Colleague</dd>" in shown
    assert "<dt>Attempt number</dt><dd>First attempt</dd>" in shown
    addresses = re.findall(r'href="([^"]*(?:cases|workbook)/\?[^"]*)"', shown)
    assert {"cases", "workbook"} <= {address.split("/")[2] for address in addresses}
    chosen = f"&amp;surgeon={colleague.pk}&amp;attempt=first"
    assert all(chosen in address for address in addresses)
    assert f'<input type="hidden" name="surgeon" value="{colleague.pk}">' in shown


def test_the_cases_behind_a_figure_are_those_that_were_chosen(cases, page, administrator, colleague):
    found, none = cases
    asked = {"measure": "micro_noa", "part": "known", "surgeon": colleague.pk}
    shown = page(administrator, url=reverse("audit_cases"), **asked)
    assert none.number in shown
    assert found.number not in shown
    assert f"surgeon={colleague.pk}" in re.search(r'class="back-link" href="([^"]*)"', shown)[1]


def test_a_wrong_filter_says_so_and_keeps_the_others(cases, page, administrator):
    shown = page(administrator, 422, procedure="guess", attempt="later")
    assert shown.count("guess is not one of the available choices") == 2
    assert '<option value="later" selected>' in shown
    assert '<details class="folded more-filters" open>' in shown


def test_an_empty_audit_says_which_filter_leaves_nothing_and_offers_to_clear(cases, page, administrator):
    shown = page(administrator, procedure="micro_tese", azoospermia_type="oa")
    left = " ".join(
        re.sub(r"<[^>]*>", "", shown.partition('class="left-by-each"')[2].partition("</ul>")[0]).split()
    )
    assert "Procedure performed: micro-TESE · 3 cases of the period by itself" in left
    assert "Azoospermia type: Obstructive · no case of the period" in left
    usual = f"{URL}?since=2025-01-01&amp;until=2025-12-31&amp;unit=man&amp;reference_set=document"
    assert f'href="{usual}"' in shown
    assert f'href="{usual}&amp;procedure=micro_tese"' in shown
    assert "<svg" not in shown


def test_an_empty_period_says_so_without_filters(cases, page, administrator):
    assert "No operation lies in this period" in page(administrator, since="2001-01-01", until="2001-12-31")


def test_the_cover_of_the_workbook_and_its_lines_are_those_of_the_filters(
    cases, client, administrator, colleague
):
    client.force_login(administrator)
    asked = PERIOD | {"surgeon": colleague.pk, "attempt": "first"}
    book = load_workbook(BytesIO(b"".join(client.get(reverse("audit_workbook"), asked))))
    cover = dict(row[:2] for row in book.worksheets[0].values if row[0])
    assert (cover["Surgeon"], cover["Attempt number"]) == ("Cora Colleague", "First attempt")
    assert cover["Cases in the period"] == 1
    heads, *lines = book["Line listing"].values
    assert len(lines) == 1
    assert "Surgeon" not in heads


def test_the_api_filters_and_says_by_what(cases, api, administrator, clinic, colleague):
    asked = PERIOD | {"surgeon": colleague.pk, "procedure": "micro_tese", "attempt": "first"}
    shown = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", asked).json()
    assert shown["filters"]["surgeon"] == colleague.pk
    assert (shown["filters"]["surgeon_name"], shown["filters"]["attempt"]) == ("Cora Colleague", "first")
    assert "Surgeon: Cora Colleague" in shown["words"]["filters"]
    micro = next(one for one in shown["comparisons"] if one["measure"] == "micro_noa")
    assert (micro["found"], micro["known"]) == (0, 1)


@pytest.mark.parametrize(
    "asked", [{"surgeon": "Sami"}, {"surgeon": 0}, {"procedure": "guess"}, {"attempt": "second"}], ids=str
)
def test_the_api_refuses_a_wrong_filter_by_its_name(cases, api, administrator, clinic, asked):
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", PERIOD | asked)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(asked))
    body = {"clinic": clinic.pk, "title": "2025"} | asked
    answer = api(administrator).post(API_RUNS, body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(asked))
    assert not AuditRun.objects.exists()


@pytest.mark.parametrize(
    "chosen", [{}, {"surgeon": True, "procedure": "micro_tese", "attempt": "first"}], ids=str
)
@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_the_page_costs_the_same_however_many_cases(
    client, administrator, many_cases, surgeon, count, chosen, django_assert_max_num_queries
):
    many_cases(count)
    client.force_login(administrator)
    if "surgeon" in chosen:
        chosen = chosen | {"surgeon": surgeon.pk}
    with django_assert_max_num_queries(15):
        response = client.get(URL, PERIOD | chosen)
    assert f"<dd>{count}</dd>" in response.content.decode()


# Kept runs ------------------------------------------------------------------------------------


def test_a_kept_run_holds_its_filters_and_says_them(kept_of, page, administrator, colleague, reader):
    run = kept_of(surgeon=colleague.pk, primary_aetiology="idiopathic", attempt="later")
    again = AuditRun.objects.get(pk=run.pk)
    wanted = Filters(
        **YEAR,
        surgeon=colleague.pk,
        surgeon_name="Cora Colleague",
        primary_aetiology="idiopathic",
        attempt="later",
    )
    assert again.filters == storage.from_json(again.result).filters == wanted
    for url in (RUNS, reverse("audit_run", args=[run.pk])):
        shown = page(administrator, url=url)
        for said in ("Cora Colleague", "Idiopathic", "Later attempts"):
            assert said in shown


def test_the_page_keeps_an_audit_with_its_filters(cases, client, administrator, colleague):
    client.force_login(administrator)
    chosen = {"surgeon": colleague.pk, "procedure": "micro_tese", "attempt": "first"}
    client.post(KEEP, PERIOD | chosen | {"title": "Hers"})
    run = AuditRun.objects.get()
    assert (run.surgeon, run.procedure, run.attempt) == (colleague, "micro_tese", "first")
    assert counted(storage.from_json(run.result)) == (0, 1)


def test_the_surgeon_of_a_kept_run_has_the_name_of_then(kept_of, page, administrator, colleague):
    run = kept_of(surgeon=colleague.pk)
    colleague.name = "Cora Renamed"
    colleague.save()
    shown = page(administrator, url=reverse("audit_run", args=[run.pk]))
    assert "<dd>Cora Colleague</dd>" in shown


def test_data_of_today_is_compared_under_the_same_filters(kept_of, make_case, reader, administrator):
    run = kept_of(procedure="micro_tese")
    make_case(procedure="conventional_tese")
    assert services.data_changed(user=administrator, kept=run) is False
    assert len(services.cases_today(user=reader, kept=run)) == 3
    make_case()
    assert services.data_changed(user=administrator, kept=run) is True


def test_changes_since_are_those_of_cases_that_are_or_were_chosen(
    kept_of, cases, make_case, clinic, administrator, surgeon, colleague
):
    found, none = cases
    run = kept_of(surgeon=colleague.pk)

    def numbers():
        since = services.changed_since(user=administrator, clinic=clinic, runs=[run])[run.pk]
        return [case.number for case in since.cases]

    save(found, anaesthesia="spinal")
    make_case()
    assert numbers() == []
    save(none, surgeon=surgeon)
    assert numbers() == [none.number], "it was hers then"
    save(found, surgeon=colleague)
    assert numbers() == [found.number, none.number], "it is hers today"


def test_a_deleted_draft_is_told_where_it_was_chosen(
    kept_of, make_case, clinic, administrator, surgeon, colleague
):
    draft = make_case(by=colleague, sign=False)
    runs = [kept_of(surgeon=colleague.pk), kept_of(surgeon=surgeon.pk)]
    case_services.delete_draft(by=colleague, case=draft)
    since = services.changed_since(user=administrator, clinic=clinic, runs=runs)
    assert [[case.number for case in since[run.pk].cases] for run in runs] == [[draft.number], []]


def test_a_case_that_is_another_surgeons_today_is_still_behind_the_kept_figure(
    kept_of, cases, page, administrator, surgeon, colleague
):
    run = kept_of(surgeon=colleague.pk)
    save(cases[1], surgeon=surgeon)
    behind = {"measure": "micro_noa", "part": "not_found"}
    shown = page(administrator, url=reverse("audit_run_cases", args=[run.pk]), **behind)
    assert cases[1].number in shown
    assert "No longer among the cases of this period and these filters" in shown


def test_an_earlier_operation_that_a_filter_left_out_is_data_too(kept_of, cases, colleague, administrator):
    """Whether hers is his first one rests on it."""
    run = kept_of(surgeon=colleague.pk)
    save(cases[0], anaesthesia="spinal")
    assert services.data_changed(user=administrator, kept=run) is True
