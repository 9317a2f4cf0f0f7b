"""Clinics and surgeons side by side: who sees whom."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit import reference, registry
from audit.between import Hidden, Standing
from audit.results import Filters
from caselog.models import Clinic, LaboratoryReport, Membership
from tests.audit.pages import text_of
from tests.audit.sentences import NOT_YOURS, TAKES_NO_PART

PAGE = f"{reverse('audit_between')}?since=&until="
REFERENCES = reference.named("document")
FEW_CLINICS = (
    "Other clinics are not shown: fewer than 3 that take part have enough men, and one could tell which is "
    "which."
)
ALONE = "There is nobody to compare with: no two surgeons have such men in this period."
FEW_SURGEONS = "Other surgeons are not shown: fewer than 3 have enough men, and one could tell who is who."


def side_by_side(user, clinic, *mine, **filters):
    asked = {"measure": "micro_noa", "filters": Filters(**filters), "references": REFERENCES}
    return registry.side_by_side(user=user, clinic=clinic, mine=[clinic, *mine], **asked)


def clinics_for(*asked, **filters):
    return side_by_side(*asked, **filters)[0]


def surgeons_for(*asked, **filters):
    return side_by_side(*asked, **filters)[1]


def known(funnel):
    return {point.name: point.known for point in funnel.points if point.name}


def nameless(funnel):
    return sorted(point.known for point in funnel.points if not point.name and point.known)


# Clinics --------------------------------------------------------------------------------------


def test_ones_own_clinics_stand_by_name(reader, clinic, other_clinic, men_of):
    men_of(5)
    men_of(7, clinic=other_clinic)
    assert known(clinics_for(reader, clinic)) == {clinic.name: 6}
    assert known(clinics_for(reader, clinic, other_clinic)) == {clinic.name: 6}  # a name alone opens nothing
    Membership.objects.create(clinic=other_clinic, user=reader, role="reader")
    assert known(clinics_for(reader, clinic, other_clinic)) == {clinic.name: 6, other_clinic.name: 7}


def test_others_are_nameless_and_only_where_all_take_part(reader, clinic, others, takes_part):
    others()
    alone = clinics_for(reader, clinic)
    assert (alone.hidden, nameless(alone)) == (Hidden.TAKES_NO_PART, [])
    takes_part(clinic)
    assert nameless(clinics_for(reader, clinic)) == [8, 9, 10]
    takes_part(clinic, takes_part=False)
    assert clinics_for(reader, clinic).hidden is Hidden.TAKES_NO_PART


def test_of_fewer_than_three_others_none_is_shown(reader, clinic, others, takes_part):
    third = others()[2]
    takes_part(clinic)
    takes_part(third, takes_part=False)
    found = clinics_for(reader, clinic)
    assert (found.hidden, nameless(found)) == (Hidden.FEW_OTHERS, [])


def test_another_clinic_with_too_few_men_is_not_there_at_all(reader, clinic, others, takes_part):
    others((4, 8, 9, 10))
    takes_part(clinic)
    found = clinics_for(reader, clinic)
    assert len(found.points) == 4
    assert nameless(found) == [8, 9, 10]


def test_another_clinics_own_limit_holds_for_its_point(reader, clinic, others, takes_part):
    first = others((8, 9, 10, 11))[0]
    takes_part(clinic)
    takes_part(first, rate_in_funnel_from=9)
    assert nameless(clinics_for(reader, clinic)) == [9, 10, 11]


def test_this_clinics_limit_holds_for_the_others_too(reader, clinic, others, takes_part):
    others((8, 9, 10, 11))
    takes_part(clinic, rate_in_funnel_from=9)
    assert nameless(clinics_for(reader, clinic)) == [9, 10, 11]


def test_invented_data_is_not_beside_real_data(reader, clinic, others, takes_part):
    others()
    takes_part(clinic)
    Clinic.objects.filter(pk=clinic.pk).update(synthetic=True)
    clinic.refresh_from_db()
    assert clinics_for(reader, clinic).hidden is Hidden.FEW_OTHERS


def test_filters_that_could_single_out_a_man_hide_the_others(reader, clinic, others, takes_part):
    others()
    takes_part(clinic)
    found = clinics_for(reader, clinic, attempt="first")
    assert (found.hidden, nameless(found)) == (Hidden.NARROWED, [])


@pytest.mark.parametrize(
    ("since", "until", "hidden"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), Hidden.NOTHING),
        (None, date(2025, 12, 31), Hidden.NOTHING),
        (date(2025, 1, 1), None, Hidden.NOTHING),
        (date(2025, 1, 1), date.max, Hidden.NOTHING),
        (date(2025, 1, 2), date(2025, 12, 31), Hidden.NARROWED),
        (date(2025, 1, 1), date(2025, 12, 30), Hidden.NARROWED),
    ],
)
def test_other_clinics_are_shown_for_whole_months_only(
    reader, clinic, others, takes_part, since, until, hidden
):
    """Of two periods that differ by a day, the difference is the men of that day."""
    others()
    takes_part(clinic)
    found = clinics_for(reader, clinic, since=since, until=until)
    assert (found.hidden, bool(nameless(found))) == (hidden, hidden is Hidden.NOTHING)


def test_nothing_of_another_clinic_but_its_counts_is_on_the_page(client, reader, clinic, others, takes_part):
    secret = others()
    takes_part(clinic)
    client.force_login(reader)
    html = client.get(PAGE).content.decode()
    assert html.count("Another clinic:") == 3
    for one in secret:
        assert one.name not in html
        assert f'"{one.pk}"' not in html


def test_awaited_results_of_others_are_not_told(reader, clinic, others, takes_part, unguarded):
    secret = others()
    takes_part(clinic)
    final = LaboratoryReport.objects.filter(case__clinic=secret[2])
    with unguarded():
        final.filter(pk=final.earliest("pk").pk).update(
            result_status="preliminary", finalised_at=None, finalised_by=None
        )
    found = clinics_for(reader, clinic)
    assert nameless(found) == [8, 9, 9]
    assert {point.pending for point in found.points} == {0}


def test_who_may_not_see_the_audit_is_refused(member, clinic, other_clinic):
    stranger = member("administrator", clinic=other_clinic)
    for ask in (clinics_for, surgeons_for):
        with pytest.raises(PermissionDenied):
            ask(stranger, clinic)


# Surgeons -------------------------------------------------------------------------------------


def test_the_clinics_lead_sees_names_and_nobody_under_20_cases(theatre, administrator, clinic):
    found = surgeons_for(administrator, clinic)
    assert known(found) == {"Bilal": 20, "Chadi": 30, "Dima": 30, "Elif": None, "Sami Surgeon": 25}
    assert [point.name for point in found.points] == sorted(theatre)
    elif_ = next(point for point in found.points if point.name == "Elif")
    assert (elif_.standing, elif_.found, elif_.pending) == (Standing.NOT_COMPARED, None, 0)


def test_a_surgeon_sees_the_own_point_among_nameless_ones(theatre, clinic):
    found = surgeons_for(theatre["Sami Surgeon"], clinic)
    assert known(found) == {"Sami Surgeon": 25}
    assert [point.own for point in found.points] == [True, False, False, False, False]
    assert nameless(found) == [20, 30, 30]
    assert found.hidden is Hidden.NOTHING


def test_a_surgeon_with_fewer_is_told_so_and_sees_the_others(theatre, clinic):
    found = surgeons_for(theatre["Elif"], clinic)
    assert (found.points[0].name, found.points[0].standing) == ("Elif", Standing.NOT_COMPARED)
    assert nameless(found) == [20, 25, 30, 30]


def test_of_fewer_than_three_other_surgeons_none_is_shown(theatre, clinic, takes_part):
    takes_part(clinic, compared_from=25)
    found = surgeons_for(theatre["Chadi"], clinic)
    assert (found.hidden, [point.name for point in found.points]) == (Hidden.FEW_OTHERS, ["Chadi"])


def test_filters_hide_the_other_surgeons_from_a_surgeon_and_not_from_the_lead(theatre, administrator, clinic):
    found = surgeons_for(theatre["Sami Surgeon"], clinic, attempt="first")
    assert (found.hidden, nameless(found)) == (Hidden.NARROWED, [])
    assert len(surgeons_for(administrator, clinic, attempt="first").points) == 5


@pytest.mark.parametrize("role", ["embryologist", "reader"])
def test_embryologists_and_readers_see_no_surgeon(theatre, member, clinic, role):
    found = surgeons_for(member(role), clinic)
    assert (found.hidden, found.points) == (Hidden.NOT_YOURS, ())


def test_a_surgeon_who_never_operated_sees_no_surgeon(theatre, member, clinic):
    assert surgeons_for(member("surgeon"), clinic).hidden is Hidden.NOT_YOURS


def test_a_lone_surgeon_is_told_that_there_is_nobody_to_compare_with(men_of, surgeon, administrator, clinic):
    men_of(25)
    for user in (surgeon, administrator):
        found = surgeons_for(user, clinic)
        assert (found.hidden, found.points) == (Hidden.ALONE, ())


OTHERS, FEWER = "Another surgeon", "fewer than 20 cases"
WORDS = {
    "administrator": (["Bilal", "Chadi", "Dima", "Elif", FEWER], [NOT_YOURS, OTHERS]),
    "surgeon": (["Sami Surgeon (you)", OTHERS, FEWER], ["Bilal", "Elif", NOT_YOURS]),
    "embryologist": ([NOT_YOURS], ["Bilal", "Sami", OTHERS, FEWER]),
    "reader": ([NOT_YOURS], ["Bilal", "Sami", OTHERS, FEWER]),
}


@pytest.mark.parametrize("role", WORDS)
def test_each_role_reads_what_it_may(theatre, client, request, role):
    client.force_login(request.getfixturevalue(role))
    text = text_of(client.get(PAGE))
    said, unsaid = WORDS[role]
    said_of_all = ["Counted are men, each by his first operation in this period.", TAKES_NO_PART]
    for sentence in [*said, *said_of_all]:
        assert sentence in text
    # The filters offer an administrator the surgeons by name, and nobody else.
    for sentence in unsaid:
        assert sentence not in text


def test_words_of_a_lone_surgeon_and_of_a_clinic_among_few(client, surgeon, men_of, takes_part, clinic):
    takes_part(clinic)
    client.force_login(surgeon)
    text = text_of(client.get(PAGE))
    assert ALONE in text
    assert FEW_CLINICS in text


def test_words_of_a_surgeon_among_few(client, theatre, takes_part, clinic):
    takes_part(clinic, compared_from=25)
    client.force_login(theatre["Chadi"])
    assert FEW_SURGEONS in text_of(client.get(PAGE))


# The page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", registry.RATES)
def test_each_rate_has_a_page(client, reader, case, measure):
    client.force_login(reader)
    response = client.get(f"{PAGE}&measure={measure}")
    assert response.status_code == 200
    assert f'<option value="{measure}" selected>' in response.content.decode()


def test_it_leads_back_to_the_overview_of_the_same_period(client, reader, case):
    client.force_login(reader)
    back = re.search(r'class="back-link" href="([^"]*)">Overview<', client.get(PAGE).content.decode())[1]
    assert back.startswith(f"{reverse('audit')}?since=&")


def test_a_rate_that_is_not_there_is_said_so(client, reader, case):
    client.force_login(reader)
    assert client.get(f"{PAGE}&measure=klinefelter").status_code == 404


def test_whatever_the_unit_men_are_counted(client, theatre, administrator):
    client.force_login(administrator)
    assert [
        [point.known for point in funnel.points]
        for funnel, _plot in client.get(f"{PAGE}&unit=testis").context["funnels"]
    ] == [[point.known for point in funnel.points] for funnel, _plot in client.get(PAGE).context["funnels"]]


def test_a_filter_on_one_surgeon_is_left_out_and_that_is_said(client, theatre, administrator, surgeon):
    client.force_login(administrator)
    response = client.get(f"{PAGE}&surgeon={surgeon.pk}")
    assert "The filter on one surgeon is left out here." in text_of(response)
    (funnel, _plot), _surgeons = response.context["funnels"]
    assert funnel.points[0].known == 124


def test_no_column_sorts_and_no_row_has_a_rank(client, theatre, administrator):
    client.force_login(administrator)
    html = client.get(PAGE).content.decode()
    assert "aria-sort" not in html
    assert "rank" not in text_of(client.get(PAGE)).replace("Nobody is ranked", "").lower()


def test_the_page_takes_at_most_15_queries_however_many_stand_on_it(
    client, reader, surgeon, administrator, theatre, others, takes_part, clinic, django_assert_max_num_queries
):
    others((8, 9, 10, 11, 12))
    takes_part(clinic)
    for user in (reader, surgeon, administrator):
        client.force_login(user)
        client.get(PAGE)
        with django_assert_max_num_queries(15):
            client.get(PAGE)


def test_the_page_stays_light_with_a_thousand_cases(client, administrator, many_cases):
    many_cases(1_000)
    client.force_login(administrator)
    for language in ("en", "ar"):
        client.cookies["caselog_language"] = language
        assert len(client.get(PAGE).content) < 200_000
        assert len(client.get(f"{reverse('audit')}?since=&until=").content) < 200_000
