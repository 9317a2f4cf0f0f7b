"""A final report, and every case of a locked period, changes only with a reason; old and new are shown."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from caselog.history.reading import amended, history_of
from caselog.models import Case, Finding, FollowUp, Histology, LaboratoryReport, Measurement, Testis
from caselog.services import cases, clinics, doubts, laboratory
from caselog.services.errors import NeedsReason

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 30)
WHY = "read again at the bench"


@pytest.fixture
def locked(case, make_report, lock):
    """A whole case of a locked period: operation, hormone, histology, final report."""
    rows = {"clinic": case.clinic, "case": case}
    Measurement.objects.create(**rows, analyte="fsh", result="not_done")
    Histology.objects.create(
        clinic=case.clinic, testis=case.testes.get(side="right"), pattern="sertoli_cell_only"
    )
    make_report(case)
    lock()
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def amend(clinic, member):
    """Another surgeon changes what was answered about the operation."""

    def make(case, *, by=None, reason="", **changes):
        answers = cases.answers_of(case) | changes
        return cases.save_operation(
            by=by or member("surgeon", name="Selin Second"), clinic=clinic, case=case, answers=answers,
            today=TODAY, reason=reason, confirmed=doubts.confirming(doubts.doubts_of(answers)),
        )  # fmt: skip

    return make


@pytest.fixture
def amend_report(witness, member):
    """Another embryologist changes what was reported."""

    def make(case, *, reason="", **changes):
        case = Case.objects.get(pk=case.pk)
        return laboratory.report(
            by=member("embryologist", name="Esra Second"), case=case, final=False, reason=reason,
            answers=laboratory.answers_of(case) | changes,
        )  # fmt: skip

    return make


# The services


@pytest.mark.promise("HIS-3")
@pytest.mark.parametrize("reason", ["", "   "])
def test_a_locked_operation_changes_only_with_a_reason(locked, amend, reason):
    with pytest.raises(NeedsReason, match="locked period 1 Mar 2025 – 31 May 2025"):
        amend(locked, age_at_procedure=35, reason=reason)
    assert amend(locked, age_at_procedure=35, reason=WHY).age_at_procedure == 35


@pytest.mark.promise("HIS-3")
def test_no_case_moves_into_a_locked_period_or_is_logged_there_without_a_reason(
    lock, make_case, amend, clinic, surgeon, answers
):
    elsewhere = make_case(procedure_date=date(2025, 2, 3))
    lock()
    with pytest.raises(NeedsReason):
        amend(elsewhere, procedure_date=date(2025, 3, 4))
    late = {"by": surgeon, "clinic": clinic, "answers": answers(), "today": TODAY}
    with pytest.raises(NeedsReason):
        cases.save_operation(**late)
    assert cases.save_operation(**late, reason="found in the theatre's list").is_draft


@pytest.mark.promise("HIS-3")
def test_a_final_report_is_amended_with_a_reason_and_is_final_again(case, make_report, amend_report):
    make_report(case)
    with pytest.raises(NeedsReason, match="This report is final"):
        amend_report(case, right_sperm_found="immotile")
    second = amend_report(case, right_sperm_found="immotile", reason=WHY)
    assert second.is_final
    assert Finding.objects.get(testis__case=case, testis__side="right").sperm_found == "immotile"


@pytest.mark.promise("HIS-3")
def test_an_amendment_keeps_who_did_the_work_and_when_it_became_final(
    case, make_report, amend_report, reader
):
    first = make_report(case)
    second = amend_report(case, search_minutes=91, reason=WHY)
    assert (second.embryologist, second.finalised_by) == (first.embryologist, first.finalised_by)
    assert LaboratoryReport.objects.get().finalised_at == first.finalised_at
    assert history_of(reader, case)[0].actor == "Esra Second"


def test_the_witness_may_amend_a_report_and_the_embryologist_of_it_is_not_its_witness(
    case, make_report, embryologist, witness
):
    make_report(case)
    case = Case.objects.get(pk=case.pk)
    answers = laboratory.answers_of(case) | {"search_minutes": 91}
    amend = {"by": witness, "case": case, "final": True, "reason": WHY}
    with pytest.raises(ValidationError, match="another person than the embryologist"):
        laboratory.report(**amend, answers=answers | {"witness": embryologist})
    assert laboratory.report(**amend, answers=answers).embryologist == embryologist


def test_a_report_is_amended_after_its_witness_has_left_the_clinic(
    case, make_report, amend_report, administrator, witness, member
):
    make_report(case)
    clinics.end_membership(by=administrator, membership=witness.memberships.get())
    assert amend_report(case, search_minutes=91, reason=WHY).witness == witness
    stranger = member()
    with pytest.raises(ValidationError, match="does not work in this clinic"):
        amend_report(case, witness=stranger, reason=WHY)


@pytest.mark.promise("HIS-3")
def test_an_amended_operation_is_signed_anew_and_the_other_professions_part_stays(
    locked, amend, amend_report
):
    report = LaboratoryReport.objects.values().get()
    operation = amend(locked, age_at_procedure=35, reason=WHY)
    assert (operation.signed_by.name, operation.state) == ("Selin Second", "complete")
    assert operation.signed_at > locked.signed_at
    assert LaboratoryReport.objects.values().get() == report
    before = Case.objects.values().get(pk=locked.pk)
    amend_report(locked, search_minutes=91, reason=WHY)
    assert Case.objects.values().get(pk=locked.pk) == before


def test_follow_up_goes_on_beside_a_locked_period(locked):
    visit = FollowUp.objects.create(
        clinic=locked.clinic, case=locked, month="3", complications="none_known", seen_on=date(2025, 6, 4)
    )
    Measurement.objects.create(
        clinic=locked.clinic, case=locked, follow_up=visit, analyte="fsh", result="not_done"
    )


def test_whoever_changes_a_signed_operation_signs_it_anew(case, amend):
    changed = amend(case, age_at_procedure=35)
    assert changed.signed_by.name == "Selin Second"
    assert changed.signed_at > case.signed_at


# The database


def run_sql(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


WRITES = {
    "edit the case": ("UPDATE caselog_case SET age_at_procedure = 35 WHERE id = %s", "case"),
    "move the case away": ("UPDATE caselog_case SET procedure_date = '2025-01-02' WHERE id = %s", "case"),
    "edit a testis": ("UPDATE caselog_testis SET samples_n = 1 WHERE case_id = %s", "case"),
    "edit a hormone": ("UPDATE caselog_measurement SET analyte = 'lh' WHERE case_id = %s", "case"),
    "delete a hormone": ("DELETE FROM caselog_measurement WHERE case_id = %s", "case"),
    "add a hormone": (
        "INSERT INTO caselog_measurement (clinic_id, case_id, analyte, result, unit)"
        " SELECT clinic_id, id, 'lh', 'not_done', '' FROM caselog_case WHERE id = %s",
        "case",
    ),
    "edit the report": ("UPDATE caselog_laboratoryreport SET search_minutes = 1 WHERE case_id = %s", "case"),
    "edit a finding": ("UPDATE caselog_finding SET sperm_found = 'immotile' WHERE testis_id = %s", "testis"),
    "edit histology": ("UPDATE caselog_histology SET pattern = 'mixed' WHERE testis_id = %s", "testis"),
    "delete histology": ("DELETE FROM caselog_histology WHERE testis_id = %s", "testis"),
}


@pytest.mark.promise("HIS-3")
@pytest.mark.parametrize("write", WRITES)
def test_raw_sql_changes_nothing_of_a_locked_case(locked, write):
    sql, of = WRITES[write]
    key = locked.pk if of == "case" else Testis.objects.get(case=locked, side="right").pk
    with pytest.raises(IntegrityError, match="only with a reason"):
        run_sql(sql, key)


@pytest.mark.promise("HIS-3")
def test_no_case_is_added_to_a_locked_period_or_taken_from_it_past_the_services(
    lock, make_case, clinic, surgeon
):
    draft, elsewhere = make_case(sign=False), make_case(sign=False, procedure_date=date(2025, 2, 3))
    lock()
    more = {"number": "X-1", "procedure_date": date(2025, 3, 31), "created_by": surgeon}
    for attempt in (
        lambda: Case.objects.create(clinic=clinic, patient=draft.patient, **more),
        lambda: Testis.objects.filter(case=draft).delete(),
        lambda: Case.objects.filter(pk=draft.pk).delete(),
        lambda: Case.objects.filter(pk=elsewhere.pk).update(procedure_date=date(2025, 5, 31)),
    ):
        with pytest.raises(IntegrityError, match="locked period"), transaction.atomic():
            attempt()
    Case.objects.filter(pk=elsewhere.pk).update(procedure_date=date(2025, 6, 1))


def test_another_clinic_is_not_locked(lock, make_case, member, other_clinic):
    lock()
    elsewhere = make_case(clinic=other_clinic, by=member("surgeon", clinic=other_clinic))
    Case.objects.filter(pk=elsewhere.pk).update(age_at_procedure=35)


def test_what_hangs_on_a_case_belongs_to_its_clinic_and_its_case(case, make_case, other_clinic):
    visit = FollowUp.objects.create(clinic=case.clinic, case=case, month="3", complications="not_followed")
    hormone = {"analyte": "fsh", "result": "not_done"}
    for wrong in (
        {"clinic": other_clinic, "case": case},
        {"clinic": case.clinic, "case": make_case(), "follow_up": visit},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Measurement.objects.create(**wrong, **hormone)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.create(clinic=other_clinic, case=case, month="6", complications="not_followed")


# The story and the pages


@pytest.mark.promise("HIS-3")
def test_an_amended_answer_keeps_what_it_was_who_changed_it_and_why(locked, amend, amend_report, reader):
    amend(locked, age_at_procedure=35, right_samples_n=7, reason=WHY)
    amend_report(locked, right_sperm_found="immotile", reason="slides compared")
    found = amended(history_of(reader, locked))
    told = {name: [(one.before, one.actor, one.reason) for one in was] for name, was in found.items()}
    assert told == {
        "age_at_procedure": [("34 years", "Selin Second", WHY)],
        "right_samples_n": [("6", "Selin Second", WHY)],
        "right_sperm_found": [("Motile", "Esra Second", "slides compared")],
    }


@pytest.mark.promise("HIS-3")
def test_the_page_of_a_case_shows_the_old_answer_beside_the_new_one(locked, amend, reader, client):
    amend(locked, age_at_procedure=35, left_samples_n=3, reason=WHY)
    amend(Case.objects.get(pk=locked.pk), right_samples_n=None, reason="counted wrongly")
    client.force_login(reader)
    page = client.get(reverse("case_detail", args=[locked.pk])).content.decode()
    for told in ("<bdi>35 years</bdi>", "<del><bdi>34 years</bdi></del>", WHY, "counted wrongly", "Locked"):
        assert told in page
    # What is blank now is shown too, for what it was.
    assert "<del><bdi>6</bdi></del>" in page


def test_a_correction_before_anything_is_final_is_no_amendment(case, amend, reader, client):
    amend(case, age_at_procedure=35)
    client.force_login(reader)
    assert 'class="amended"' not in client.get(reverse("case_detail", args=[case.pk])).content.decode()


@pytest.fixture
def typed_again():
    """What a browser sends when the form that it was given is sent as it is, with these changes."""

    def make(response, **changes):
        form = response.context["form"]
        data = {}
        for bound in form:
            value, widget = bound.value(), bound.field.widget
            if hasattr(widget, "decompress"):
                parts = value if isinstance(value, list) else widget.decompress(value)
                data |= {f"{bound.html_name}_{n}": part for n, part in enumerate(parts)}
            else:
                data[bound.html_name] = getattr(value, "pk", value)
        opened = response.context["opened"]
        data |= {"version": opened.version, "page": opened.page.key}
        return {name: value for name, value in (data | changes).items() if value is not None}

    return make


def test_a_surgeon_amends_a_locked_case_on_the_usual_form(locked, surgeon, client, typed_again):
    client.force_login(surgeon)
    here = reverse("case_detail", args=[locked.pk])
    assert ">Amend<" in client.get(here).content.decode()
    address = reverse("case_operation", args=[locked.pk])
    form = client.get(address)
    assert 'name="reason"' in form.content.decode()
    refused = client.post(address, typed_again(form, age_at_procedure="35", save="", reason=" "))
    assert refused.status_code == 422
    assert "Say why this changes" in refused.content.decode()
    assert 'value="35"' in refused.content.decode()
    saved = client.post(address, typed_again(form, age_at_procedure="35", save="", reason=WHY))
    assert saved.status_code == 302, saved.context["form"].errors
    assert WHY in client.get(here).content.decode()


def test_an_embryologist_amends_a_final_report_on_the_usual_form(
    case, make_report, embryologist, client, typed_again
):
    make_report(case)
    client.force_login(embryologist)
    address = reverse("laboratory_report", args=[case.pk])
    assert "?amend" in client.get(address).content.decode()
    form = client.get(f"{address}?amend")
    page = form.content.decode()
    assert 'name="reason"' in page
    assert 'name="preliminary"' not in page
    refused = client.post(address, typed_again(form, search_minutes="75", final=""))
    assert refused.status_code == 422
    assert "This report is final" in refused.content.decode()
    saved = client.post(address, typed_again(form, search_minutes="75", final="", reason=WHY))
    assert saved.status_code == 302, saved.context["form"].errors
    assert LaboratoryReport.objects.get().search_minutes == 75


def test_a_form_that_was_open_when_the_period_was_locked_asks_for_the_reason(
    case, surgeon, client, typed_again, lock
):
    client.force_login(surgeon)
    address = reverse("case_operation", args=[case.pk])
    form = client.get(address)
    assert 'name="reason"' not in form.content.decode()
    lock()
    refused = client.post(address, typed_again(form, age_at_procedure="35", save=""))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'name="reason"' in page
    assert 'value="35"' in page


def test_the_form_of_an_amendment_offers_a_witness_who_left_and_not_whoever_did_the_work(
    case, make_report, administrator, embryologist, witness, client, typed_again
):
    make_report(case)
    clinics.end_membership(by=administrator, membership=witness.memberships.get())
    client.force_login(embryologist)
    address = reverse("laboratory_report", args=[case.pk])
    form = client.get(f"{address}?amend")
    offered = form.context["form"].fields["witness"].queryset
    assert witness in offered
    assert embryologist not in offered
    saved = client.post(address, typed_again(form, search_minutes="75", final="", reason=WHY))
    assert saved.status_code == 302, saved.context["form"].errors


@pytest.mark.parametrize("role", ["surgeon", "administrator", "reader"])
def test_nobody_else_is_offered_to_amend_a_report(case, make_report, member, client, role):
    make_report(case)
    client.force_login(member(role))
    address = reverse("laboratory_report", args=[case.pk])
    for page in (client.get(address), client.get(f"{address}?amend")):
        assert "Amend" not in page.content.decode()
        assert 'name="reason"' not in page.content.decode()
    assert client.post(address, {"reason": WHY, "final": ""}).status_code == 403


def test_a_program_gives_its_reason_too(case, make_report, embryologist, api):
    report = make_report(case)
    address, program = f"/api/v1/laboratory-reports/{report.pk}/", api(embryologist)
    change = {"search_minutes": 75, "version": report.version}
    refused = program.patch(address, change)
    assert refused.status_code == 409
    assert "only with a reason" in str(refused.json())
    assert program.patch(address, change | {"reason": WHY}).status_code == 200
    assert history_of(embryologist, case)[0].reason == WHY
