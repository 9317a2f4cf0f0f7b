"""What a clinic adopts: each change a version, kept for good, made by administrators only."""

from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from audit import adoptions, services, storage
from audit.models import Adoption, OwnFigure
from audit.results import Filters
from caselog.history import acting
from caselog.models.change import Change
from tests.audit.adopting import TODAY, our_years

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
OURS = Filters(reference_set="clinic")


@pytest.fixture
def adopt(clinic, administrator):
    """Three ways to change what the clinic is compared with."""

    class Adopt:
        def set(self, name, by=administrator):
            return adoptions.adopt_set(by=by, clinic=clinic, reference_set=name)

        def tolerance(self, value, figure="c17-micro", reason="Few cases", by=administrator):
            value = None if value is None else Decimal(value)
            return adoptions.set_tolerance(
                by=by, clinic=clinic, figure=figure, tolerance=value, reason=reason
            )

        def figure(self, by=administrator, **changes):
            return adoptions.add_figure(by=by, clinic=clinic, today=TODAY, answers=our_years(**changes))

        def withdraw(self, figure, reason="Counted wrongly", by=administrator):
            return adoptions.withdraw_figure(by=by, clinic=clinic, figure=figure, reason=reason)

    return Adopt()


@pytest.fixture
def audit(clinic, reader):
    def make(filters=OURS):
        return services.run(user=reader, clinic=clinic, filters=filters, now=NOW)[0]

    return make


def micro(audit):
    return next(one for one in audit.comparisons if one.measure == "micro_noa").reference


def test_before_anything_is_adopted_it_is_the_documents_set(clinic):
    stands = adoptions.adopted(clinic)
    assert (stands.version, stands.base, dict(stands.tolerances), list(stands.own)) == (0, "document", {}, [])
    assert not adoptions.has_adopted(clinic)


def test_each_change_makes_a_new_version_and_carries_the_set_on(adopt, clinic):
    adopt.set("literature")
    adopt.tolerance("0.15", figure="corona-2019-micro")
    own = adopt.figure()
    adopt.withdraw(own)
    made = Adoption.objects.of(clinic)
    assert [(one.version, one.reference_set) for one in made] == [(n, "literature") for n in (4, 3, 2, 1)]


def test_every_version_stays_readable(adopt, clinic):
    own = adopt.figure()
    adopt.set("literature")
    adopt.tolerance("0.15")
    adopt.withdraw(own)
    adopt.tolerance(None)

    def stood(version):
        then = adoptions.adopted(clinic, version)
        return then.base, [one.value for one in then.tolerances.values()], len(then.own)

    assert [stood(version) for version in range(1, 6)] == [
        ("document", [], 1),
        ("literature", [], 1),
        ("literature", [0.15], 1),
        ("literature", [0.15], 0),
        ("literature", [], 0),
    ]
    assert adoptions.adopted(clinic) == adoptions.adopted(clinic, 5)


def test_the_audit_of_the_clinics_set_uses_what_it_adopted(adopt, audit):
    assert micro(audit()).id == "c17-micro"
    adopt.tolerance("0.15")
    assert (micro(audit()).tolerance, micro(audit()).usual_tolerance) == (0.15, 0.10)
    own = adopt.figure()
    beside = micro(audit())
    assert (beside.id, beside.label, beside.checked_on) == (f"own-{own.pk}", "Our years 2022–2024", TODAY)
    adopt.set("literature")
    assert audit().difference.reference.id == "aja-2022-difference"


def test_who_asks_for_a_file_gets_it_as_it_is(adopt, audit):
    usual = micro(audit(Filters()))
    adopt.tolerance("0.15")
    adopt.figure()
    assert micro(audit(Filters())) == usual


def test_a_kept_run_stays_as_it_was_and_a_later_one_names_the_new_version(adopt, clinic, administrator):
    adopt.tolerance("0.15")
    asked = {"by": administrator, "clinic": clinic, "filters": OURS, "now": NOW}
    before = services.keep_run(title="Before", **asked)
    adopt.figure()
    after = services.keep_run(title="After", **asked)
    before.refresh_from_db()
    assert before.reference_version.startswith("1, document ")
    assert after.reference_version.startswith("2, document ")
    then, now = (storage.from_json(run.result) for run in (before, after))
    assert (micro(then).id, micro(then).tolerance) == ("c17-micro", 0.15)
    assert micro(now).own
    assert then.references[0].title_en == "This clinic's figures, version 1; otherwise: Source document"
    assert then.references[0].title_ar != then.references[0].title_en
    [kept] = services.references_of(then)
    assert kept.version == before.reference_version


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", False), ("embryologist", False), ("administrator", True), ("reader", False)],
)
def test_only_administrators_adopt(adopt, clinic, member, role, allowed):
    own, person = adopt.figure(), member(role)
    changes = [
        lambda: adopt.set("literature", by=person),
        lambda: adopt.tolerance("0.15", by=person),
        lambda: adopt.figure(by=person, label="Theirs"),
        lambda: adopt.withdraw(own, by=person),
    ]
    for change in changes:
        with nullcontext() if allowed else pytest.raises(PermissionDenied):
            change()
    assert Adoption.objects.of(clinic).count() == (5 if allowed else 1)


def test_an_administrator_of_another_clinic_adopts_nothing_here(adopt, member, other_clinic):
    with pytest.raises(PermissionDenied):
        adopt.set("literature", by=member("administrator", clinic=other_clinic))


def test_another_clinic_has_its_own_versions(adopt, clinic, other_clinic, member):
    adopt.tolerance("0.15")
    by = member("administrator", clinic=other_clinic)
    made = adoptions.adopt_set(by=by, clinic=other_clinic, reference_set="literature")
    assert made.version == 1
    assert not adoptions.adopted(other_clinic).tolerances
    assert adoptions.adopted(clinic).base == "document"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"figure": "c23-klinefelter"}, {"figure"}),
        ({"figure": "nothing"}, {"figure"}),
        ({"value": "1"}, {"tolerance"}),
        ({"value": "-0.01"}, {"tolerance"}),
        ({"reason": " "}, {"reason"}),
        ({"figure": "nothing", "value": "2", "reason": ""}, {"figure", "tolerance", "reason"}),
    ],
)
def test_a_wrong_tolerance_is_refused_by_field(adopt, clinic, changes, fields):
    with pytest.raises(ValidationError) as refused:
        adopt.tolerance(**{"value": "0.15"} | changes)
    assert refused.value.message_dict.keys() == fields
    assert not adoptions.has_adopted(clinic)


def test_a_set_that_is_not_there_is_refused(adopt):
    with pytest.raises(ValidationError):
        adopt.set("rumour")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"label": ""}, {"label"}),
        ({"citation": "", "population": ""}, {"citation", "population"}),
        ({"measure": "luck"}, {"measure"}),
        ({"counted_in": "sample"}, {"counted_in"}),
        ({"found": 101}, {"found"}),
        ({"found": None}, {"found"}),
        ({"known": None}, {"known"}),
        ({"found": 0, "known": 0}, {"known"}),
        ({"found": None, "known": None}, {"known"}),
        ({"lower": Decimal("0.5")}, {"upper"}),
        ({"lower": Decimal("0.6"), "upper": Decimal("0.5")}, {"lower"}),
        ({"lower": Decimal("0.6"), "upper": Decimal("1.5")}, {"upper"}),
        ({"tolerance": Decimal("1")}, {"tolerance"}),
        ({"next_review": TODAY}, {"next_review"}),
        ({"label": "", "found": 101, "next_review": date(2020, 1, 1)}, {"label", "found", "next_review"}),
    ],
)
def test_a_wrong_figure_is_refused_with_all_that_is_wrong_by_field(adopt, clinic, changes, fields):
    with pytest.raises(ValidationError) as refused:
        adopt.figure(**changes)
    assert refused.value.message_dict.keys() == fields
    assert not adoptions.has_adopted(clinic)


@pytest.mark.parametrize(
    "changes",
    [
        {"found": None, "known": None, "lower": Decimal("0.4"), "upper": Decimal("0.4")},
        {"lower": Decimal("0.5"), "upper": Decimal("0.7")},
        {"found": 0},
        {"found": 100},
    ],
)
def test_what_a_source_prints_is_enough(adopt, changes):
    assert adopt.figure(**changes).pk


def test_a_figure_is_withdrawn_once_and_with_a_reason(adopt):
    own = adopt.figure()
    with pytest.raises(ValidationError, match="Say why"):
        adopt.withdraw(own, reason="")
    adopt.withdraw(own)
    with pytest.raises(ValidationError, match="withdrawn already"):
        adopt.withdraw(own)


# The database -----------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"found": 5, "known": None},
        {"found": None, "known": 5},
        {"found": 6, "known": 5},
        {"found": 0, "known": 0},
        {"found": None, "known": None},
        {"lower": Decimal("0.5")},
        {"upper": Decimal("0.5")},
        {"lower": Decimal("0.6"), "upper": Decimal("0.5")},
        {"tolerance": Decimal("1")},
        {"counted_in": "sample"},
        {"label": ""},
        {"next_review": TODAY},
    ],
)
def test_the_database_refuses_a_figure_that_is_none(adopt, clinic, changes):
    adoption = adopt.set("document")
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnFigure.objects.create(clinic=clinic, adoption=adoption, entered_on=TODAY, **our_years(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 1},
        {"version": 0},
        {"reference_set": ""},
        {"tolerance": Decimal("0.1")},
        {"figure": "c17-micro", "tolerance": Decimal("1"), "reason": "Why"},
        {"figure": "c17-micro", "tolerance": Decimal("0.1")},
    ],
)
def test_the_database_refuses_a_version_that_is_none(adopt, clinic, administrator, changes):
    adopt.set("document")
    usual = {"clinic": clinic, "version": 2, "reference_set": "document", "adopted_by": administrator}
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.create(**usual | changes)


def test_the_database_never_changes_what_was_adopted(adopt):
    own = adopt.figure()
    for model, change in ((Adoption, {"reference_set": "literature"}), (OwnFigure, {"label": "Better"})):
        rows = model.objects.filter(pk__in=[own.pk, own.adoption_id])
        with pytest.raises(IntegrityError, match="is never changed"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="is never changed"), transaction.atomic():
        own.delete()


def test_the_database_keeps_a_figure_in_its_clinic(adopt, other_clinic):
    adoption = adopt.set("document")
    with pytest.raises(IntegrityError, match="another clinic"), transaction.atomic():
        OwnFigure.objects.create(clinic=other_clinic, adoption=adoption, entered_on=TODAY, **our_years())


@pytest.mark.promise("HIS-1")
def test_each_change_is_in_the_history_with_its_person_and_reason(adopt, clinic, administrator):
    adopt.tolerance("0.15", reason="Few cases")
    own = adopt.figure()
    adopt.withdraw(own)
    found = Change.objects.filter(clinic_id=clinic.pk, table__in=["audit_adoption", "audit_ownfigure"])
    assert [(one.table, one.action, one.actor_id, one.reason) for one in found.order_by("pk")] == [
        ("audit_adoption", "insert", administrator.pk, "Few cases"),
        ("audit_adoption", "insert", administrator.pk, ""),
        ("audit_ownfigure", "insert", administrator.pk, ""),
        ("audit_adoption", "insert", administrator.pk, "Counted wrongly"),
    ]


def test_reading_costs_two_queries_however_many_versions(adopt, clinic, django_assert_num_queries):
    for value in ("0.11", "0.12", "0.13"):
        adopt.tolerance(value)
        adopt.figure(label=value)
    with django_assert_num_queries(2):
        adoptions.references(clinic, "clinic")
    with acting(by=None), django_assert_num_queries(0):
        adoptions.references(clinic, "both")
