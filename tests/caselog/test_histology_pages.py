"""The histology's page, and the alert on the case's page."""

import pytest
from django.urls import reverse

from caselog.models import Alert, Case, Histology
from caselog.services import histology
from tests.caselog.pages import page_of

TYPED = {"right_pattern": "mixed", "right_johnsen_mean": "٦٫٥", "left_pattern": ""}


@pytest.fixture
def url(case):
    return reverse("case_histology", args=[case.pk])


@pytest.fixture
def detail(case):
    return reverse("case_detail", args=[case.pk])


@pytest.fixture
def neoplasia(case, surgeon):
    histology.record_histology(by=surgeon, case=case, answers={"left_pattern": "germ_cell_neoplasia"})
    return Alert.objects.get()


@pytest.fixture
def send(as_surgeon, url):
    """send(page, **typed) is the form of that page, sent with these answers."""

    def make(page, *, follow=False, **typed):
        opened = page.context["opened"]
        hidden = {"page": opened.page.token, "base": opened.base, "version": "0"}
        return as_surgeon.post(url, hidden | TYPED | typed, follow=follow)

    return make


def stored(case):
    return histology.answers_of(Case.objects.get(pk=case.pk))


def test_histology_is_saved_and_stands_on_the_case_s_page(as_surgeon, send, url):
    page = page_of(send(as_surgeon.get(url), follow=True))
    assert "The histology of case" in page
    part = page.partition('id="histology"')[2].partition("section-heading")[0]
    assert "Mixed" in part
    assert "6.5" in part
    assert Histology.objects.count() == 1


def test_the_page_shows_what_was_recorded_before(as_surgeon, send, url):
    send(as_surgeon.get(url))
    form = as_surgeon.get(url).context["form"]
    assert (form["right_pattern"].value(), str(form["right_johnsen_mean"].value())) == ("mixed", "6.5")


def test_a_mistake_is_said_at_its_field_and_stays_typed(as_surgeon, send, url):
    response = send(as_surgeon.get(url), right_johnsen_mean="12")
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"right_johnsen_mean"}
    assert 'value="12"' in page_of(response)
    assert not Histology.objects.exists()


def test_the_second_of_two_sees_both_answers_and_chooses(as_surgeon, case, send, url, surgeon):
    opened = as_surgeon.get(url)
    histology.record_histology(by=surgeon, case=case, answers={"right_pattern": "normal"})
    response = send(opened)
    assert response.status_code == 422
    assert "A colleague changed this histology" in page_of(response)
    assert stored(case)["right_pattern"] == "normal"
    names = response.context["opened"].disputed
    assert "right_pattern" in names
    send(response, disputed=names, **{f"choose.{name}": "mine" for name in names})
    assert stored(case)["right_pattern"] == "mixed"


def test_in_a_locked_period_the_page_asks_why(as_surgeon, send, url, lock):
    lock()
    opened = as_surgeon.get(url)
    assert 'name="reason"' in page_of(opened)
    assert send(opened).status_code == 422
    assert not Histology.objects.exists()
    send(opened, reason="The pathologist reported late.")
    assert Histology.objects.count() == 1


def test_a_reader_sees_histology_without_a_link_to_change_it(client, reader, case, url, detail, neoplasia):
    client.force_login(reader)
    page = page_of(client.get(detail))
    assert "Germ cell neoplasia in situ" in page
    assert url not in page
    assert reverse("alert_acknowledge", args=[neoplasia.pk]) not in page
    assert client.get(url).status_code == 403


def test_a_case_without_tissue_has_no_histology_page(as_surgeon, make_case):
    case = make_case(status="cancelled", status_reason="Fever", procedure=None, sides=None, anaesthesia=None)
    answer = as_surgeon.get(reverse("case_histology", args=[case.pk]), follow=True)
    assert "No tissue was taken" in page_of(answer)


def test_an_alert_stays_on_top_of_the_case_until_somebody_says_what_was_done(as_surgeon, detail, neoplasia):
    page = page_of(as_surgeon.get(detail))
    assert page.index("alert-box") < page.index('id="diagnosis"')
    address = reverse("alert_acknowledge", args=[neoplasia.pk])
    refused = as_surgeon.post(address, {"action": " "})
    assert refused.status_code == 422
    assert "Say what was done" in page_of(refused)
    page = page_of(as_surgeon.post(address, {"action": "Urologist told."}, follow=True))
    assert "The alert is closed" in page
    assert "alert-box" not in page
    assert "Urologist told." in page_of(as_surgeon.get(address))


def test_the_second_who_acknowledges_is_told_who_was_first(as_surgeon, neoplasia, surgeon):
    address = reverse("alert_acknowledge", args=[neoplasia.pk])
    as_surgeon.post(address, {"action": "Urologist told."})
    page = page_of(as_surgeon.post(address, {"action": "Again."}, follow=True))
    assert "Sami Surgeon acknowledged this before: Urologist told." in page


def test_an_alert_of_another_clinic_is_not_found(client, member, other_clinic, neoplasia):
    client.force_login(member("surgeon", clinic=other_clinic))
    assert client.get(reverse("alert_acknowledge", args=[neoplasia.pk])).status_code == 404


def test_the_page_costs_at_most_ten_queries(as_surgeon, url, neoplasia, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        as_surgeon.get(url)
