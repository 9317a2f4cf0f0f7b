"""Names and hospital numbers are encrypted in the database, and its keys can be changed."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from caselog.models import Change, LocalIdentifiers, Membership
from caselog.models.encrypted import EncryptedText, Unreadable
from caselog.services import identifiers
from caselog.services.errors import Refused
from tests.caselog.identifiers.man import NAME, NEW, NUMBER, OLD, shows, stored

pytestmark = pytest.mark.django_db


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
