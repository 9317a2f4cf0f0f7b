"""The man's own page: an administrator records his code, his partner's birth year and his consent."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from caselog.history.reading import history_of
from caselog.models import Case, Confirmation, Patient
from caselog.services import cases, patients
from caselog.services.errors import Doubtful, Stale
from tests.caselog.pages import hidden_of, page_of, sent_back

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 30)
PATIENTS = "/api/v1/patients/"
TYPED = {
    "partner_birth_year": "1995",
    "research_consent": "yes",
    "research_consent_on_0": "5",
    "research_consent_on_1": "1",
    "research_consent_on_2": "2024",
}
CONSENT = {"research_consent": "yes", "research_consent_on": date(2024, 1, 5)}


@pytest.fixture
def url(case):
    return reverse("case_patient", args=[case.pk])


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def record(case, administrator):
    def make(*, by=administrator, **answers):
        return patients.save_patient(by=by, clinic=case.clinic, patient=case.patient, today=TODAY, **answers)

    return make


def test_an_administrator_records_partner_and_consent_from_the_case(office, case, url, administrator):
    assert f'href="{url}"' in page_of(office.get(reverse("case_detail", args=[case.pk])))
    form = sent_back(office.get(url))
    saved = office.post(url, form | TYPED, follow=True)
    assert "What is recorded about" in page_of(saved)
    man = Patient.objects.get()
    assert (man.partner_birth_year, man.research_consent) == (1995, "yes")
    assert (man.research_consent_on, man.version) == (date(2024, 1, 5), 2)
    assert history_of(administrator, case)[0].actor == "Amal Administrator"
    # The operation stays signed by whoever signed it, and is of another version.
    now = Case.objects.get()
    assert (now.signed_by, now.signed_at, now.version) == (case.signed_by, case.signed_at, 2)


def test_a_surgeon_has_it_on_the_operation_form_and_may_open_the_page_too(client, surgeon, case, url):
    client.force_login(surgeon)
    assert f'href="{url}"' not in page_of(client.get(reverse("case_detail", args=[case.pk])))
    assert client.get(url).status_code == 200
    assert 'name="partner_birth_year"' in page_of(client.get(reverse("case_operation", args=[case.pk])))


def test_a_mistake_is_said_by_its_name_and_what_was_typed_stays(office, url):
    form = sent_back(office.get(url))
    wrong = office.post(url, form | TYPED | {"partner_birth_year": "long ago"})
    assert wrong.status_code == 422
    assert 'value="long ago"' in page_of(wrong)
    late = office.post(url, form | TYPED | {"research_consent_on_2": "2199"})
    assert list(late.context["form"].errors) == ["research_consent_on"]
    assert Patient.objects.get().version == 1


def test_what_is_cleared_is_cleared_and_the_day_goes_with_the_consent(office, url, record):
    record(partner_birth_year=1995, **CONSENT)
    form = hidden_of(office.get(url)) | {"code": "P-1"}
    office.post(url, form | {"research_consent": "not_asked"})
    man = Patient.objects.get()
    assert (man.partner_birth_year, man.research_consent, man.research_consent_on) == (
        None,
        "not_asked",
        None,
    )


def test_an_administrator_corrects_a_code_that_was_mistyped(office, case, url, administrator):
    assert f'value="{case.patient.code}"' in page_of(office.get(url))
    form = sent_back(office.get(url))
    saved = office.post(url, form | {"code": "P-0213"}, follow=True)
    assert "What is recorded about P-0213 is saved." in page_of(saved)
    assert Case.objects.get().patient.code == "P-0213"
    told = {answer.name: answer for answer in history_of(administrator, case)[0].changes}
    assert (told["patient_code"].before, told["patient_code"].after) == (case.patient.code, "P-0213")


def test_a_code_is_not_taken_away_nor_given_to_two_men(office, case, make_case, url):
    make_case(patient_code="P-0999")
    form = sent_back(office.get(url))
    for code in ("", "p-0999"):
        refused = office.post(url, form | TYPED | {"code": code})
        assert refused.status_code == 422
        assert list(refused.context["form"].errors) == ["code"]
    assert Patient.objects.filter(pk=case.patient_id, code=case.patient.code, version=1).exists()


def test_a_form_that_was_opened_before_the_code_was_asked_keeps_it(office, case, url):
    form = hidden_of(office.get(url)) | {"base": "{}"}
    assert office.post(url, form | TYPED).status_code == 302
    man = Patient.objects.get()
    assert (man.code, man.partner_birth_year) == (case.patient.code, 1995)


@pytest.mark.promise("CON-1")
def test_two_people_at_one_man_lose_nothing(office, case, url, record, surgeon):
    form = sent_back(office.get(url))
    record(by=surgeon, partner_birth_year=1990, birth_year=1991)
    both = office.post(url, form | TYPED)
    assert both.status_code == 422
    assert "Two answers to one question" in page_of(both)
    assert "Sami Surgeon" in page_of(both)
    assert both.context["form"]["partner_birth_year"].value() == "1995"
    chosen = sent_back(both) | TYPED | {"choose.partner_birth_year": "mine"}
    assert office.post(url, chosen).status_code == 302
    man = Patient.objects.get()
    assert (man.partner_birth_year, man.birth_year, man.research_consent) == (1995, 1991, "yes")


@pytest.mark.promise("CON-1")
def test_a_surgeon_with_the_case_open_keeps_what_the_administrator_recorded(case, record, surgeon):
    read = cases.answers_of(case)
    record(**CONSENT)
    with pytest.raises(Stale, match="Somebody else saved this case"):
        cases.save_operation(
            by=surgeon, clinic=case.clinic, case=case, answers=read, today=TODAY, version=case.version
        )
    assert Patient.objects.get().research_consent == "yes"


@pytest.mark.promise("HIS-3")
def test_a_man_with_a_locked_case_changes_only_with_a_reason(office, url, lock):
    lock()
    form = sent_back(office.get(url))
    refused = office.post(url, form | TYPED)
    assert refused.status_code == 422
    assert "locked period" in page_of(refused)
    assert office.post(url, form | TYPED | {"reason": "The form came late"}).status_code == 302
    assert Patient.objects.get().research_consent == "yes"


def test_an_unusual_age_of_hers_is_asked_about_once(office, case, url, record):
    with pytest.raises(Doubtful):
        record(partner_birth_year=1965)
    form = sent_back(office.get(url))
    asked = office.post(url, form | TYPED | {"partner_birth_year": "1965"})
    assert "She was 60 years old" in page_of(asked)
    about = asked.context["form"].checks[0].doubt.about
    again = form | TYPED | {"partner_birth_year": "1965", "confirm.partner_age": about}
    assert office.post(url, again).status_code == 302
    assert Confirmation.objects.get().code == "partner_age"
    record(partner_birth_year=1965)


@pytest.mark.parametrize("role", ["embryologist", "reader"])
def test_others_do_not_record_it(client, member, case, url, record, role):
    person = member(role)
    with pytest.raises(PermissionDenied):
        record(by=person, partner_birth_year=1995)
    client.force_login(person)
    assert client.get(url).status_code == 403
    assert f'href="{url}"' not in page_of(client.get(reverse("case_detail", args=[case.pk])))


def test_an_administrator_leaves_the_mans_own_birth_year_to_the_surgeon(case, record, surgeon):
    with pytest.raises(PermissionDenied):
        record(birth_year=1990)
    record(by=surgeon, birth_year=1990)
    assert record(birth_year=1990, code="K-9").code == "K-9"


def test_a_year_that_is_none_is_refused(record):
    with pytest.raises(ValidationError) as refused:
        record(partner_birth_year=95)
    assert list(refused.value.message_dict) == ["partner_birth_year"]


def test_a_program_of_an_administrator_records_it_on_the_version_it_read(api, administrator, case):
    program, path = api(administrator), f"{PATIENTS}{case.patient_id}/"
    body = {"research_consent": "yes", "research_consent_on": "2024-01-05", "partner_birth_year": 1995}
    read = program.get(path).headers["ETag"]
    changed = program.patch(path, body, headers={"If-Match": read})
    assert (changed.status_code, changed.json() | body) == (200, changed.json())
    assert changed.json()["code"] == case.patient.code
    assert program.patch(path, body, headers={"If-Match": read}).status_code == 412
    with_birth = body | {"birth_year": 1990, "version": 2}
    assert program.patch(path, with_birth).status_code == 403
    late = program.patch(path, {"research_consent_on": "2199-01-01", "version": 2})
    assert list(late.json()["errors"]) == ["research_consent_on"]


def test_a_program_is_asked_about_an_unusual_age(api, administrator, case):
    program, path = api(administrator), f"{PATIENTS}{case.patient_id}/"
    body = {"partner_birth_year": 1965, "version": 1}
    asked = program.patch(path, body)
    assert (asked.status_code, asked.json()["doubts"][0]["code"]) == (409, "partner_age")
    said = [{"code": "partner_age", "about": asked.json()["doubts"][0]["about"]}]
    assert program.patch(path, body | {"confirm": said}).status_code == 200


def test_replacing_a_man_takes_away_what_is_absent_and_changing_him_does_not(api, surgeon, case, record):
    record(**CONSENT)
    program, path = api(surgeon), f"{PATIENTS}{case.patient_id}/"
    kept = program.patch(path, {"partner_birth_year": 1995, "version": 2}).json()
    assert kept["research_consent"] == "yes"
    bare = program.put(path, {"code": "K-9", "version": 3}).json()
    assert (bare["research_consent"], bare["partner_birth_year"]) == ("", None)


def test_the_page_costs_few_queries(office, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        office.get(url)
