"""The pages on which an administrator records names and hospital numbers and finds a man."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselog.models import Clinic, Draft
from caselog.services import identifiers
from tests.caselog.identifiers.man import NAME, NEW, NUMBER, shows

pytestmark = pytest.mark.django_db


def test_an_administrator_switches_them_on_enters_them_and_finds_the_man(as_administrator, case):
    here, form = reverse("clinic_identifiers"), reverse("case_identifiers", args=[case.pk])
    on_the_case = reverse("case_detail", args=[case.pk])
    assert as_administrator.get(form).status_code == 404
    assert form not in as_administrator.get(on_the_case).content.decode()

    as_administrator.post(here, {"keeps": "yes", "clinic": case.clinic_id})
    assert form in as_administrator.get(on_the_case).content.decode()
    saved = as_administrator.post(form, {"name": NAME, "hospital_number": NUMBER})
    assert saved.url == on_the_case
    page = as_administrator.get(on_the_case).content.decode()
    assert shows(page)
    assert NAME in page
    assert NAME in as_administrator.get(form).content.decode()

    found = as_administrator.post(here, {"hospital_number": NUMBER.lower()}).content.decode()
    assert on_the_case in found
    assert "No man" in as_administrator.post(here, {"hospital_number": "404"}).content.decode()
    assert as_administrator.post(here, {"hospital_number": " "}).status_code == 422


def test_nothing_typed_here_is_ever_a_draft(as_administrator, keeping, case):
    form = reverse("case_identifiers", args=[case.pk])
    page = as_administrator.get(form).content.decode()
    assert 'name="page"' not in page
    as_administrator.logout()
    as_administrator.post(form, {"name": NAME, "hospital_number": NUMBER})
    assert not Draft.objects.exists()


def test_a_mistake_stays_typed_and_says_its_field(as_administrator, kept, make_case):
    form = reverse("case_identifiers", args=[make_case().pk])
    refused = as_administrator.post(form, {"name": "Zaid", "hospital_number": NUMBER})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="Zaid"' in page
    assert kept.patient.code in page


def test_with_a_wrong_key_the_case_still_opens_and_says_why_they_do_not(
    as_administrator, kept, case, settings
):
    settings.IDENTIFIER_KEYS = (NEW,)
    for name in ("case_detail", "case_identifiers"):
        page = as_administrator.get(reverse(name, args=[case.pk]))
        assert page.status_code == 200
        assert "cannot be read" in page.content.decode()
        assert "gAAAA" not in page.content.decode()
    assert as_administrator.post(reverse("case_identifiers", args=[case.pk])).status_code == 200


def test_switching_off_too_early_says_of_how_many_men(as_administrator, kept):
    answer = as_administrator.post(reverse("clinic_identifiers"), {"keeps": "no"}, follow=True)
    assert "identifiers of 1 man" in answer.content.decode()
    assert Clinic.objects.get(pk=kept.clinic_id).keeps_identifiers


def test_nothing_is_switched_in_a_clinic_chosen_since(as_administrator, clinic, other_clinic):
    url = reverse("clinic_identifiers")
    as_administrator.post(url, {"keeps": "yes", "clinic": other_clinic.pk})
    assert not Clinic.objects.filter(keeps_identifiers=True).exists()


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_others_see_no_trace_of_them(client, member, kept, case, role):
    client.force_login(member(role))
    for name in ("case_detail", "case_list", "home", "data_quality"):
        args = [case.pk] if name == "case_detail" else []
        page = client.get(reverse(name, args=args)).content.decode()
        assert shows(page) == []
        assert "dentifiers" not in page
    assert client.get(reverse("case_identifiers", args=[case.pk])).status_code == 403


@pytest.mark.promise("ACC-1")
def test_to_another_clinic_the_page_does_not_exist(client, member, other_clinic, kept, case):
    stranger = member("administrator", clinic=other_clinic)
    identifiers.switch_identifiers(by=stranger, clinic=other_clinic, keeps=True)
    client.force_login(stranger)
    url = reverse("case_identifiers", args=[case.pk])
    assert client.get(url).status_code == client.post(url, {"name": "x"}).status_code == 404
    found = client.post(reverse("clinic_identifiers"), {"hospital_number": NUMBER})
    assert case.patient.code not in found.content.decode()


@pytest.mark.parametrize("name", ["case_identifiers", "clinic_identifiers"])
def test_the_pages_cost_at_most_ten_queries(
    as_administrator, kept, case, name, django_assert_max_num_queries
):
    args, typed = ([case.pk], None) if name == "case_identifiers" else ([], {"hospital_number": NUMBER})
    with django_assert_max_num_queries(10):
        answer = as_administrator.get if typed is None else as_administrator.post
        assert answer(reverse(name, args=args), typed).status_code == 200


def test_the_page_of_a_case_costs_two_queries_more(as_administrator, keeping, kept, case):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            as_administrator.get(reverse("case_detail", args=[case.pk]))
        return len(asked)

    with_them = queries()
    Clinic.objects.update(keeps_identifiers=False)
    assert with_them == queries() + 2
