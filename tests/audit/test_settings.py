"""From how many on a clinic shows a rate, a median or a comparison: its own settings."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from audit import services, settings, storage
from audit.limits import BOUNDS, Limits, Settings
from audit.models import AuditSettings
from audit.results import Filters
from caselog.models import Change
from tests.audit.pages import text_of

HOME, API = reverse("audit_settings"), "/api/v1/audit-settings/"
TYPED = {
    "counts_only_below": "٨",
    "compared_from": "30",
    "rate_in_funnel_from": "6",
    "takes_part": "on",
    "reason": "Agreed in May",
}
OURS = Limits(counts_only_below=8, compared_from=30, rate_in_funnel_from=6)


@pytest.fixture
def change(administrator, clinic):
    def make(limits=OURS, *, takes_part=False, reason="Agreed in May", by=administrator):
        return settings.change(by=by, clinic=clinic, limits=limits, takes_part=takes_part, reason=reason)

    return make


def test_a_clinic_begins_with_the_usual_limits_and_beside_nobody(clinic):
    assert settings.of(clinic) == Settings()
    assert settings.of(clinic).limits == Limits(counts_only_below=5, compared_from=20, rate_in_funnel_from=5)
    assert settings.of(clinic).takes_part is False


def test_the_newest_version_counts_and_the_older_ones_stay(change, clinic, other_clinic, administrator):
    change()
    change(takes_part=True, reason="Our partners agreed")
    assert settings.of(clinic) == Settings(limits=OURS, takes_part=True)
    assert settings.of(other_clinic) == Settings()
    said = AuditSettings.objects.order_by("version").values_list(
        "version", "takes_part", "reason", "changed_by"
    )
    assert list(said) == [
        (1, False, "Agreed in May", administrator.pk),
        (2, True, "Our partners agreed", administrator.pk),
    ]


def test_a_change_is_in_the_history_with_who_made_it(change, administrator):
    made = change()
    written = Change.objects.get(table="audit_auditsettings", row_id=made.pk)
    assert (written.actor_id, written.after["counts_only_below"]) == (administrator.pk, 8)


def test_what_stands_takes_one_query(change, clinic, django_assert_num_queries):
    change()
    with django_assert_num_queries(1):
        settings.of(clinic)


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_only_administrators_change_them(change, member, role):
    with pytest.raises(PermissionDenied):
        change(by=member(role))
    assert not AuditSettings.objects.exists()


def test_an_administrator_of_another_clinic_does_not(change, member, other_clinic):
    with pytest.raises(PermissionDenied):
        change(by=member("administrator", clinic=other_clinic))


@pytest.mark.parametrize("name", BOUNDS)
def test_no_limit_leaves_its_bounds(change, name):
    least, most = BOUNDS[name]
    for outside in (0, least - 1, most + 1):
        with pytest.raises(ValidationError) as refused:
            change(replace(Limits(), **{name: outside}))
        assert refused.value.message_dict == {
            name: [
                f"From {least} to {most}: less would switch the protection off, more would hide everything."
            ]
        }
    change(replace(Limits(), **{name: least}))
    change(replace(Limits(), **{name: most}))


@pytest.mark.parametrize("name", BOUNDS)
def test_the_database_refuses_what_is_outside_too(clinic, administrator, name):
    least, most = BOUNDS[name]
    values = {"counts_only_below": 5, "compared_from": 20, "rate_in_funnel_from": 5, "takes_part": False}
    for outside in (least - 1, most + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditSettings.objects.create(
                clinic=clinic, version=1, reason="x", changed_by=administrator, **values | {name: outside}
            )


def test_a_version_is_never_changed_and_never_removed(change):
    change()
    for attempt in (lambda found: found.update(takes_part=True), lambda found: found.delete()):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            attempt(AuditSettings.objects.all())


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_change_needs_a_reason(change, reason):
    with pytest.raises(ValidationError) as refused:
        change(reason=reason)
    assert refused.value.message_dict == {"reason": ["Other limits change what is shown. Say why."]}


def test_nothing_is_no_change(change):
    with pytest.raises(ValidationError, match="stand already"):
        change(Limits())


def test_the_audit_and_the_run_that_is_kept_of_it_take_the_clinics_limits(
    change, clinic, administrator, make_case, make_report
):
    for _ in range(6):
        make_report(make_case())
    now, filters = timezone.now(), Filters()

    def share(audit):
        return next(one for one in audit.shares if one.measure == "anaesthesia_general").answers[0]

    before, _rows = services.run(user=administrator, clinic=clinic, filters=filters, now=now)
    kept = services.keep_run(by=administrator, clinic=clinic, filters=filters, title="Kept", now=now)
    change()
    after, _rows = services.run(user=administrator, clinic=clinic, filters=filters, now=now)
    assert (before.limits, after.limits) == (Limits(), OURS)
    assert (share(before).interval is None, share(after).interval is None) == (False, True)
    assert storage.from_json(kept.result).limits == Limits()
    again = services.again(user=administrator, kept=kept, now=now)
    assert (again.differing, again.beside) == ((), ())


def test_the_page_changes_them_and_says_how_they_came_about(client, administrator, clinic):
    client.force_login(administrator)
    said = text_of(client.get(HOME))
    assert "The usual settings stand. Their changes will appear here." in said
    said = text_of(client.post(HOME, TYPED, follow=True))
    assert "The settings are changed. Kept audits stay as they are." in said
    assert "Version 1 A rate or a median from: 8" in said
    assert "Show this clinic's figures beside those of other clinics: yes Agreed in May" in said
    assert settings.of(clinic) == Settings(limits=OURS, takes_part=True)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"counts_only_below": "2"}, "From 3 to 50:"),
        ({"compared_from": ""}, "This field is required."),
        ({"rate_in_funnel_from": "few"}, "Enter a whole number."),
        ({"reason": ""}, "Say why."),
    ],
)
def test_a_mistake_is_said_at_its_field_and_what_was_typed_stays(client, administrator, typed, message):
    client.force_login(administrator)
    answer = client.post(HOME, TYPED | typed)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert 'value="30"' in answer.content.decode() or "compared_from" in typed
    assert not AuditSettings.objects.exists()


def test_others_read_them(client, reader):
    client.force_login(reader)
    page = client.get(HOME)
    assert "A rate or a median from 5" in text_of(page)
    assert "Change the settings" not in page.content.decode()
    assert client.post(HOME, TYPED).status_code == 403


def test_the_api_makes_and_lists_versions(api, administrator, clinic):
    program = api(administrator)
    body = {
        "clinic": clinic.pk, "counts_only_below": 8, "compared_from": 30, "rate_in_funnel_from": 6,
        "takes_part": True, "reason": "Agreed in May",
    }  # fmt: skip
    made = program.post(API, body)
    assert made.status_code == 201, made.content
    assert made.json().items() >= body.items()
    assert [one["version"] for one in program.get(API).json()["results"]] == [1]
    refused = program.post(API, body | {"counts_only_below": 1})
    assert set(refused.json()["errors"]) == {"counts_only_below"}
    assert set(program.post(API, body | {"version": 9}).json()["errors"]) == {"version"}
