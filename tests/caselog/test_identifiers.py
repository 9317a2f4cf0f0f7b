"""Names and hospital numbers: off by default, encrypted, for administrators, and in nothing that leaves."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from caselog.models import Change, Clinic, Draft, LocalIdentifiers, Membership, Patient
from caselog.models.encrypted import EncryptedText, Unreadable
from caselog.services import exports, identifiers
from caselog.services.errors import Refused

pytestmark = pytest.mark.django_db

NAME = "عبد الرحمٰن الكيلاني"
NUMBER = "HN-70012345"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.IDENTIFIER_KEYS = (OLD,)


@pytest.fixture
def keeping(clinic, administrator):
    return identifiers.switch_identifiers(by=administrator, clinic=clinic, keeps=True)


@pytest.fixture
def record(keeping, administrator):
    def keep(patient, name=NAME, hospital_number=NUMBER, by=administrator):
        return identifiers.record_identifiers(
            by=by, patient=Patient.objects.get(pk=patient.pk), name=name, hospital_number=hospital_number
        )

    return keep


@pytest.fixture
def kept(case, record):
    return record(case.patient)


def stored():
    """The table as the database holds it, in one text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, hospital_number, hospital_number_index FROM caselog_localidentifiers")
        return json.dumps(cursor.fetchall(), ensure_ascii=False)


def shows(text):
    """What of the man's identifiers stands in this text."""
    given = [NAME, *NAME.split(), NUMBER, NUMBER.casefold(), json.dumps(NAME)[1:-1]]
    return [part for part in given if part in text]


# What the database holds -----------------------------------------------------------------------


def test_the_table_holds_ciphertext_and_python_the_text(kept):
    assert stored().count("gAAAA") == 2
    assert shows(stored()) == []
    read = LocalIdentifiers.objects.get()
    assert (read.name, read.hospital_number) == (NAME, NUMBER)


def test_the_history_of_every_change_holds_only_ciphertext(kept, case, record):
    record(case.patient, name=f"{NAME} x")
    record(case.patient, name="", hospital_number="")
    changes = Change.objects.filter(table="caselog_localidentifiers")
    assert [change.action for change in changes.order_by("id")] == ["insert", "update", "delete"]
    held = json.dumps([[change.before, change.after] for change in changes], ensure_ascii=False)
    assert "gAAAA" in held
    assert shows(held) == []


def test_two_men_of_one_name_look_different(make_case, record):
    for number in ("1", "2"):
        record(make_case().patient, hospital_number=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM caselog_localidentifiers")
        assert len(set(cursor.fetchall())) == 2


@pytest.mark.parametrize("column", ["name", "hospital_number"])
def test_the_database_takes_no_plain_text_from_anybody(kept, column):
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE caselog_localidentifiers SET {column} = %s", [NUMBER])


def test_an_encrypted_column_is_not_searched_and_not_written_in_a_file(kept):
    with pytest.raises(FieldError, match="blind index"):
        LocalIdentifiers.objects.filter(name=NAME)
    with pytest.raises(CommandError, match="leave its table out"):
        call_command("dumpdata", "caselog.localidentifiers", stdout=io.StringIO())


@pytest.mark.parametrize(
    "name", ["علي‌رضا محمّدی", "عبد الله بن عُمَر", "Zoë O’Brien-Łukasz", "Ali 😀 " + "ب" * 90, "=1+1"]
)
def test_names_of_any_script_survive(case, record, name):
    record(case.patient, name=f"  {name} ")
    assert LocalIdentifiers.objects.get().name == name


def test_a_number_is_the_same_in_any_digits(case, record, administrator, clinic):
    record(case.patient, hospital_number="٧٠٠١ ")
    found = identifiers.find_patient(by=administrator, clinic=clinic, hospital_number=" 7001")
    assert found == case.patient


# Keys ------------------------------------------------------------------------------------------


def test_a_wrong_key_raises_and_never_returns_ciphertext(kept, settings):
    settings.IDENTIFIER_KEYS = (NEW,)
    for read in (
        lambda: LocalIdentifiers.objects.get(),
        lambda: list(LocalIdentifiers.objects.values("name")),
        lambda: list(LocalIdentifiers.objects.values_list("hospital_number", flat=True)),
    ):
        with pytest.raises(Unreadable, match="CASELOG_IDENTIFIER_KEYS"):
            read()


def test_a_changed_token_raises(kept):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE caselog_localidentifiers SET name = 'gAAAAA' || substr(name, 8)")
    with pytest.raises(Unreadable):
        LocalIdentifiers.objects.get()


def test_a_new_key_in_front_reads_and_finds_what_the_old_one_wrote(
    kept, case, administrator, clinic, settings
):
    settings.IDENTIFIER_KEYS = (NEW, OLD)
    assert LocalIdentifiers.objects.get().name == NAME
    found = identifiers.find_patient(by=administrator, clinic=clinic, hospital_number=NUMBER)
    assert found == case.patient


def test_a_number_is_taken_also_when_it_was_written_with_the_old_key(kept, make_case, record, settings):
    settings.IDENTIFIER_KEYS = (NEW, OLD)
    with pytest.raises(ValidationError):
        record(make_case().patient)


def test_after_encrypting_anew_the_old_key_can_go(kept, case, administrator, clinic, settings, capsys):
    settings.IDENTIFIER_KEYS = (NEW, OLD)
    call_command("encrypt_identifiers")
    assert "1 encrypted" in capsys.readouterr().out
    settings.IDENTIFIER_KEYS = (NEW,)
    read = LocalIdentifiers.objects.get()
    assert (read.name, read.hospital_number) == (NAME, NUMBER)
    assert (read.recorded_at, read.recorded_by) == (kept.recorded_at, administrator)
    found = identifiers.find_patient(by=administrator, clinic=clinic, hospital_number=NUMBER)
    assert found == case.patient


def test_encrypting_anew_without_the_old_key_says_so_and_changes_nothing(kept, settings):
    before = stored()
    settings.IDENTIFIER_KEYS = (NEW,)
    with pytest.raises(CommandError, match="None of the keys"):
        call_command("encrypt_identifiers")
    assert stored() == before


def test_without_a_key_nothing_is_switched_on_or_read(kept, other_clinic, administrator, settings):
    settings.IDENTIFIER_KEYS = ()
    Membership.objects.create(clinic=other_clinic, user=administrator, role="administrator")
    with pytest.raises(Refused, match="CASELOG_IDENTIFIER_KEYS"):
        identifiers.switch_identifiers(by=administrator, clinic=other_clinic, keeps=True)
    with pytest.raises(Unreadable, match="not set"):
        LocalIdentifiers.objects.get()


def test_threads_read_and_write_what_is_theirs():
    field = EncryptedText(max_length=100)

    def there_and_back(number):
        token = field.get_db_prep_value(f"{NAME} {number}", connection=None)
        return field.from_db_value(token, None, None)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(there_and_back, range(400))) == [f"{NAME} {n}" for n in range(400)]


# Who may, and when -----------------------------------------------------------------------------


def test_it_is_off_by_default(case, administrator):
    assert not Clinic.objects.get(pk=case.clinic_id).keeps_identifiers
    with pytest.raises(Refused, match="keeps no local identifiers"):
        identifiers.record_identifiers(
            by=administrator, patient=case.patient, name=NAME, hospital_number=NUMBER
        )
    assert not LocalIdentifiers.objects.exists()


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_only_administrators_switch_record_read_and_find(role, kept, clinic, member):
    person = member(role)
    for attempt in (
        lambda: identifiers.switch_identifiers(by=person, clinic=clinic, keeps=False),
        lambda: identifiers.record_identifiers(by=person, patient=kept.patient, name="x", hospital_number=""),
        lambda: identifiers.identifiers_of(by=person, patient=kept.patient),
        lambda: identifiers.find_patient(by=person, clinic=clinic, hospital_number=NUMBER),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert LocalIdentifiers.objects.get().name == NAME


def test_an_administrator_of_another_clinic_reaches_nothing(kept, clinic, other_clinic, member):
    stranger = member("administrator", clinic=other_clinic)
    with pytest.raises(PermissionDenied):
        identifiers.identifiers_of(by=stranger, patient=kept.patient)
    assert identifiers.find_patient(by=stranger, clinic=other_clinic, hospital_number=NUMBER) is None


def test_the_indexes_of_two_clinics_are_not_comparable(kept, other_clinic, administrator):
    Membership.objects.create(clinic=other_clinic, user=administrator, role="administrator")
    identifiers.switch_identifiers(by=administrator, clinic=other_clinic, keeps=True)
    there = Patient.objects.create(clinic=other_clinic, code="X-1")
    same = identifiers.record_identifiers(by=administrator, patient=there, name="", hospital_number=NUMBER)
    assert same.hospital_number_index != kept.hospital_number_index


def test_a_hospital_number_is_of_one_man(kept, make_case, record):
    other = make_case().patient
    with pytest.raises(ValidationError) as refused:
        record(other, hospital_number=NUMBER.lower())
    assert list(refused.value.message_dict) == ["hospital_number"]
    assert kept.patient.code in refused.value.messages[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalIdentifiers.objects.create(
            clinic=kept.clinic,
            patient=other,
            hospital_number="other",
            hospital_number_index=kept.hospital_number_index,
            recorded_by=kept.recorded_by,
        )


def test_identifiers_belong_to_the_clinic_of_the_man(kept, other_clinic):
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalIdentifiers.objects.update(clinic=other_clinic)


def test_too_long_a_name_is_refused_by_its_field(case, record):
    with pytest.raises(ValidationError) as refused:
        record(case.patient, name="x" * 101)
    assert list(refused.value.message_dict) == ["name"]


def test_saving_the_same_again_is_no_change(kept, case, record):
    changes = Change.objects.count()
    assert record(case.patient) == kept
    assert Change.objects.count() == changes


def test_the_history_says_who_recorded_them(kept, administrator, clinic):
    change = Change.objects.get(table="caselog_localidentifiers")
    assert (change.actor_id, change.clinic_id) == (administrator.pk, clinic.pk)


def test_switching_off_waits_until_nothing_is_kept(kept, clinic, case, record, administrator):
    with pytest.raises(Refused, match="1 man"):
        identifiers.switch_identifiers(by=administrator, clinic=clinic, keeps=False)
    record(case.patient, name=" ", hospital_number="")
    assert not LocalIdentifiers.objects.exists()
    assert not identifiers.switch_identifiers(by=administrator, clinic=clinic, keeps=False).keeps_identifiers


# The pages -------------------------------------------------------------------------------------


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


# Nothing carries them away ---------------------------------------------------------------------


def parts_of(workbook):
    with ZipFile(io.BytesIO(workbook)) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


@pytest.mark.promise("EXP-2")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_workbook_carries_them(as_administrator, kept, clinic, administrator, make_report, case, language):
    make_report(case)
    to = io.BytesIO()
    record = exports.record_of(by=administrator, clinic=clinic)
    exports.write(record, clinic=clinic, language=language, now=timezone.now(), to=to)
    assert case.patient.code in parts_of(to.getvalue())
    assert shows(parts_of(to.getvalue())) == []
    audit = as_administrator.get(reverse("audit_workbook"), headers={"accept-language": language})
    assert shows(parts_of(b"".join(audit) if audit.streaming else audit.content)) == []


@pytest.mark.promise("EXP-2")
def test_no_answer_of_the_api_carries_them(kept, case, administrator, surgeon, api, make_report):
    report = make_report(case)
    keys = SimpleNamespace(cases=case.pk, patients=case.patient_id, clinics=case.clinic_id)
    program, asked = api(administrator), []
    for path, operations in SchemaGenerator().get_schema(public=True)["paths"].items():
        key = getattr(keys, path.split("/")[3].replace("-", "_"), report.pk)
        if "get" in operations:
            answer = program.get(path.replace("{id}", str(key)))
            asked.append(answer.status_code)
            assert shows(answer.content.decode()) == [], path
    assert asked.count(200) > 10
    assert "hospital_number" not in json.dumps(SchemaGenerator().get_schema(public=True))


@pytest.mark.promise("EXP-2")
def test_no_other_page_and_no_log_carries_them(as_administrator, kept, case, make_report, caplog):
    make_report(case)
    caplog.set_level("DEBUG")
    as_administrator.post(
        reverse("case_identifiers", args=[case.pk]), {"name": NAME, "hospital_number": f"{NUMBER}-2"}
    )
    as_administrator.post(reverse("clinic_identifiers"), {"hospital_number": NUMBER})
    for name in ("case_note", "laboratory_paper", "specimen_labels", "case_queries"):
        assert shows(as_administrator.get(reverse(name, args=[case.pk])).content.decode()) == [], name
    for name in ("home", "case_list", "follow_ups", "worklist", "data_quality", "audit", "audit_cases"):
        assert shows(as_administrator.get(reverse(name)).content.decode()) == [], name
    assert shows(caplog.text) == []


def test_the_story_of_the_case_does_not_tell_them(as_administrator, kept, case):
    page = as_administrator.get(reverse("case_detail", args=[case.pk])).content.decode()
    story = page.partition('id="history"')[2]
    assert story
    assert shows(story) == []
    assert "gAAAA" not in page
