"""What every page has around its content, and every answer in its headers."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from caselog.models import Membership
from caselog.web.middleware import CLINIC_KEY

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


@pytest.fixture
def broken(monkeypatch):
    """broken(error) makes the home page raise it."""

    def make(error):
        def fail(*args):
            raise error

        monkeypatch.setattr("caselog.web.home._month", fail)
        return Client(raise_request_exception=False)

    return make


@pytest.mark.promise("WEB-1")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/account/login/", 302),
        ("/cases/999/", 404),
        ("/clinic/people/", 403),
        ("/nowhere/", 404),
        ("/clinic/switch/", 405),
        ("/static/caselog/app.css", 200),
        ("/static/nothing.css", 404),
    ],
)
def test_every_answer_carries_the_security_headers(client, surgeon, path, status):
    client.force_login(surgeon)
    response = client.get(path)
    response.close()  # a static file's
    assert response.status_code == status
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.promise("WEB-1")
def test_a_failure_carries_them_too_and_says_that_nothing_was_saved(broken, surgeon):
    client = broken(RuntimeError("K-0001"))
    client.force_login(surgeon)
    response = client.get("/")
    assert response.status_code == 500
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    page = response.content.decode()
    assert "What you sent was not saved" in page
    assert "K-0001" not in page


@pytest.mark.promise("WEB-1")
@pytest.mark.parametrize("path", ["/", "/account/login/", "/nowhere/"])
def test_no_page_stays_in_a_cache(client, surgeon, path):
    client.force_login(surgeon)
    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.promise("WEB-1")
@pytest.mark.parametrize("path", ["/", "/clinic/people/", "/account/tokens/", "/account/2fa/", "/nowhere/"])
def test_pages_hold_no_inline_style_or_script_and_no_other_host(client, administrator, path):
    client.force_login(administrator)
    page = client.get(path).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
    assert "https://" not in page


@pytest.mark.promise("WEB-3")
def test_a_form_from_elsewhere_is_refused_with_what_to_do(surgeon):
    client = Client(enforce_csrf_checks=True)
    client.force_login(surgeon)
    response = client.post("/clinic/switch/", {"clinic": "1"})
    assert response.status_code == 403
    assert "Nothing was saved" in response.content.decode()


def test_a_refusal_says_why(broken, surgeon):
    client = broken(PermissionDenied("Only on Tuesdays."))
    client.force_login(surgeon)
    response = client.get("/")
    assert response.status_code == 403
    assert "Only on Tuesdays." in response.content.decode()


def test_a_bad_host_gets_a_page_without_a_clinic(client, surgeon):
    client.force_login(surgeon)
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "not understood" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        ("surgeon", ["Home", "Cases", "Laboratory", "Follow-up", "Audit"]),
        ("embryologist", ["Home", "Cases", "Laboratory", "Follow-up", "Audit"]),
        ("reader", ["Home", "Cases", "Laboratory", "Follow-up", "Audit"]),
        ("administrator", ["Home", "Cases", "Laboratory", "Follow-up", "Audit", "Clinic"]),
    ],
)
def test_the_sections_are_those_the_role_may_open(client, member, role, sections):
    client.force_login(member(role))
    response = client.get("/")
    assert [section.label for section in response.context["sections"]] == sections
    assert [section.label for section in response.context["sections"] if section.current] == ["Home"]


def test_a_page_below_a_section_marks_the_section(client, surgeon, case):
    client.force_login(surgeon)
    page = client.get(reverse("case_detail", args=[case.pk])).content.decode()
    assert f'<a href="{reverse("case_list")}" aria-current="true">' in page


def test_synthetic_data_is_labelled_on_every_page(client, clinic, administrator):
    client.force_login(administrator)
    assert "Synthetic data:" not in client.get("/").content.decode()
    clinic.synthetic = True
    clinic.save()
    for path in ["/", "/clinic/people/", "/account/tokens/", "/nowhere/"]:
        assert "Synthetic data:" in client.get(path).content.decode()


def test_the_language_switch_stays_on_the_page(client, surgeon):
    client.force_login(surgeon)
    assert 'value="ar" lang="ar">العربية</button>' in client.get("/cases/?q=K").content.decode()
    switched = client.post("/language/", {"language": "ar", "next": "/cases/?q=K"}, follow=True)
    assert switched.request["PATH_INFO"] == "/cases/"
    page = switched.content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "bootstrap.rtl.min.css" in page


def test_somebody_without_a_clinic_is_told_what_to_do(client, member):
    client.force_login(member())
    response = client.get("/", follow=True)
    assert response.status_code == 403
    page = response.content.decode()
    assert "Ask the administrator of your clinic" in page
    assert 'role="search"' not in page


@pytest.mark.parametrize("path", ["/", "/cases/", "/clinic/people/", "/account/tokens/"])
def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(client, db, path):
    assert client.get(path)["Location"] == f"{reverse('account_login')}?next={path}"


def test_a_part_of_a_page_reloads_it_when_the_session_has_ended(client, db):
    response = client.get("/cases/", headers={"hx-request": "true"})
    assert response["HX-Refresh"] == "true"


def test_a_person_of_several_clinics_works_in_the_one_they_choose(client, surgeon, clinic, other_clinic):
    Membership.objects.create(clinic=other_clinic, user=surgeon, role="reader")
    client.force_login(surgeon)
    page = client.get("/").content.decode()
    assert str(clinic) in page
    assert str(other_clinic) in page
    client.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    assert client.session[CLINIC_KEY] == other_clinic.pk
    assert client.get("/").context["clinic"] == other_clinic


@pytest.mark.promise("ACC-1")
def test_nobody_switches_to_a_clinic_of_others(client, surgeon, clinic, other_clinic):
    client.force_login(surgeon)
    assert client.post(reverse("clinic_switch"), {"clinic": other_clinic.pk}).status_code == 404
    assert client.get("/").context["clinic"] == clinic


@pytest.mark.parametrize(
    ("onward", "target"),
    [("/cases/", "/cases/"), ("https://elsewhere.example/", "/"), ("//elsewhere.example", "/"), ("", "/")],
)
def test_switching_leads_to_pages_of_this_site_only(client, surgeon, clinic, onward, target):
    client.force_login(surgeon)
    response = client.post(reverse("clinic_switch"), {"clinic": clinic.pk, "next": onward})
    assert response["Location"] == target


def test_the_frame_costs_two_queries(client, administrator, django_assert_max_num_queries):
    client.force_login(administrator)
    client.get("/nowhere/")
    with django_assert_max_num_queries(4):  # the session and the person, their clinics and permissions
        client.get("/nowhere/")


def test_the_frame_costs_an_anonymous_visitor_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/nowhere/")


@pytest.mark.parametrize("several", [True, False])
def test_a_missing_page_points_whoever_works_in_several_clinics_to_the_others(
    client, surgeon, other_clinic, several
):
    if several:
        Membership.objects.create(clinic=other_clinic, user=surgeon, role="surgeon")
    client.force_login(surgeon)
    page = client.get("/cases/999/").content.decode()
    assert ("It may be in another of your clinics" in page) is several
