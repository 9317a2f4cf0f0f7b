"""The operation note, the laboratory report and the labels, as they are printed."""

import re
from datetime import date, time
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from caselog.choices import Analyte, Side
from caselog.dictionary import HISTOLOGY, OPERATION, REPORT, is_blank
from caselog.models import Case, Membership, Testis
from caselog.services import cases, clinics, histology, laboratory
from caselog.web import labels, operation_note
from caselog.web.summary import shown

# Every question of the operation that may be answered together with the others, answered.
WHOLE_OPERATION = {
    "birth_year": 1991,
    "primary_aetiology": "other_genetic",
    "prior_retrieval": "none_found",
    "prior_procedure": "tesa",
    "prior_on": date(2023, 5, 6),
    "attempt_number": 2,
    "karyotype": "46,XY",
    "additional_aetiologies": ["cryptorchidism"],
    "pellet_examined": "yes",
    "cryptorchidism": "unilateral",
    "orchidopexy_age": 4,
    "gonadotoxic_exposure": "chemotherapy",
    "gonadotoxic_years_since": 11,
    "varicocele": "grade_2",
    "varicocele_repaired": "yes",
    "varicocele_repaired_on": date(2019, 7, 8),
    "medication": "hcg",
    "medication_weeks": 13,
    "right_testis_volume_ml": Decimal("8.5"),
    "left_testis_volume_ml": Decimal("7.5"),
    "testis_volume_method": "orchidometer",
    "planned_procedure": "conventional_tese",
    "changed_plan_reason": "Uniform tubules",
    "preceding_procedures": ["conventional_tese", "tesa"],
    "timing": "elective_freezing",
    "trainee_operating": "no",
    "magnification": "microscope",
    "magnification_x": 21,
    "start_time": time(9, 31),
    "end_time": time(11, 7),
    "operative_minutes": 96,
    "stopped_when_found": "no",
    "intraoperative_complication": "yes",
    "intraoperative_complication_text": "Bleeding, stitched",
    "operation_note": "Midline.\nClosed in layers.",
}
WHOLE_OPERATION |= {
    f"{side}_{name}": value
    for side in Side
    for name, value in {
        "weighing": "estimated",
        "tissue_weight_mg": Decimal("130"),
        "samples_n": 7,
        "tubule_appearance": "heterogeneous",
        "vessels_preserved": "yes",
        "wet_prep": "immotile",
    }.items()
}
UNITS = {"fsh": "iu_l", "lh": "miu_ml", "testosterone": "nmol_l", "inhibin_b": "pg_ml"}
UNITS |= {"amh": "pmol_l", "estradiol": "pmol_l", "prolactin": "ug_l"}
for number, analyte in enumerate(Analyte):
    WHOLE_OPERATION |= {
        f"{analyte}_result": "measured",
        f"{analyte}_value": Decimal(number + 3) + Decimal("0.25"),
        f"{analyte}_unit": UNITS[analyte],
        f"{analyte}_taken_on": date(2025, 1, 10 + number),
    }
WHOLE_HISTOLOGY = {f"{side}_pattern": "mixed" for side in Side}
WHOLE_HISTOLOGY |= {"right_johnsen_mean": Decimal("6.5"), "left_johnsen_mean": Decimal("5.5")}
WHOLE_REPORT = {
    "left_sperm_found": "immotile",
    "identity_checked": "yes",
    "found_when": "next_day",
    "received_at": time(10, 5),
    "containers_n": 6,
    "embryologists_n": 2,
    "vials_n": 9,
    "storage_location": "Tank 2",
    "consent_expiry": date(2035, 3, 4),
    "laboratory_note": "Few, but lively.",
}
WHOLE_REPORT |= {
    f"{side}_{name}": value
    for side in Side
    for name, value in {"count_category": "11_100", "count_exact": 44, "spermatids": "round"}.items()
}


@pytest.fixture
def whole_case(make_case, make_report, surgeon, member):
    """A case in which everything that is printed is answered."""
    case = make_case(**WHOLE_OPERATION, assistant=member("surgeon", name="Asma Assistant"))
    make_report(case, **WHOLE_REPORT)
    histology.record_histology(by=surgeon, case=case, answers=WHOLE_HISTOLOGY)
    return Case.objects.get(pk=case.pk)


def words(response) -> str:
    body = response.content.decode().partition("<body>")[2]
    return re.sub(r"\s+", " ", strip_tags(re.sub(r"<(br|/dt|/dd|/p|/h\d)[^>]*>", r" \g<0>", body)))


@pytest.fixture
def printed(client, reader):
    """printed("case_note", case) is what stands on that sheet."""
    client.force_login(reader)

    def make(name, case, **query):
        response = client.get(reverse(name, args=[case.pk]), query)
        assert response.status_code == 200
        return words(response)

    return make


def printed_form(entry, value) -> str:
    return re.sub(r"\s+", " ", shown(entry, value))


# The operation note

ELSEWHERE = {"cftr", "status_reason"}  # asked where others are not: they have a test below


def test_every_answer_that_the_dictionary_marks_for_the_note_stands_on_it(whole_case, printed):
    answers = cases.answers_of(whole_case) | histology.answers_of(whole_case)
    marked = [
        entry for entry in [*OPERATION, *HISTOLOGY] if "note" in entry.used_in and entry.name not in ELSEWHERE
    ]
    assert [entry.name for entry in marked if is_blank(answers[entry.name])] == []
    sheet = printed("case_note", whole_case)
    # That a hormone was measured is said by its value.
    absent = [
        entry.name
        for entry in marked
        if entry.attribute != "result" and printed_form(entry, answers[entry.name]) not in sheet
    ]
    assert absent == []


def test_each_marked_answer_appears_by_itself(whole_case):
    """A value that two answers share cannot hide that one of them is missing."""
    answers = cases.answers_of(whole_case) | histology.answers_of(whole_case)
    placed = [name for item in operation_note.ITEMS for name in item.names]
    rest = {entry.name for entry in operation_note.REST if entry.name not in placed}
    marked = {entry.name for entry in [*OPERATION, *HISTOLOGY] if "note" in entry.used_in}
    assert marked <= {"patient_code", *placed} | rest
    assert len(placed) == len(set(placed))
    assert all(name in answers for name in placed)


def test_a_cftr_result_and_a_hormone_that_was_not_measured_stand_on_the_note(make_case, printed):
    case = make_case(
        azoospermia_type="oa",
        primary_aetiology="cbavd",
        cftr="carrier",
        y_microdeletion=None,
        lh_result="not_done",
    )
    sheet = printed("case_note", case)
    assert "One variant" in sheet
    assert "LH Not done" in sheet


def test_an_abandoned_operation_says_on_its_note_why(make_case, printed):
    case = make_case(status="abandoned", status_reason="Bleeding before the tunica", sides=None)
    assert "Reason Bleeding before the tunica" in printed("case_note", case)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_note_asks_for_everything_on_the_college_s_list(make_case, client, reader, language):
    client.force_login(reader)
    client.cookies["caselog_language"] = language
    sheet = words(client.get(reverse("case_note", args=[make_case().pk])))
    with translation.override(language):
        titles = [str(item.title) for item in operation_note.ITEMS if item.lines]
    assert len(titles) == 16
    assert [title for title in titles if title not in sheet] == []


def test_what_is_not_recorded_is_a_line_to_write_on_and_never_an_answer(make_case, printed):
    sheet = printed("case_note", make_case())
    for label in ("Start", "Assistant", "Anaesthetist", "Incision", "Blood loss", "Antibiotic prophylaxis"):
        assert f"{label} not recorded" in sheet
    assert "Tubules" not in sheet


def test_a_draft_says_so_and_a_signed_note_who_signed_it(make_case, printed, surgeon):
    assert "Draft. The surgeon has not signed this note" in printed("case_note", make_case(sign=False))
    signed = printed("case_note", make_case())
    assert "Draft" not in signed
    assert "Signed in the record by Sami Surgeon" in signed


def test_every_sheet_says_whose_it_is_and_where_it_comes_from(make_case, make_report, printed, clinic):
    case = make_case()
    make_report(case)
    for name in ("case_note", "laboratory_paper"):
        sheet = printed(name, case)
        assert f"{clinic} {case.patient.code} {case.number} 4 Mar 2025" in sheet
        assert re.search(
            rf"{clinic} · printed by Rana Reader, \d+ \w+ \d{{4}}, \d\d:\d\d · Caselog \d", sheet
        )


def test_invented_data_is_said_to_be_on_paper_too(make_case, printed, clinic):
    clinic.synthetic = True
    clinic.save()
    assert "Synthetic data" in printed("case_note", make_case())


def test_a_cancelled_operation_has_no_note_and_no_labels(make_case, client, reader):
    case = make_case(status="cancelled", status_reason="Fever", procedure=None, sides=None, anaesthesia=None)
    client.force_login(reader)
    for name in ("case_note", "specimen_labels", "laboratory_paper"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 404
    assert "Operation note to print" not in words(client.get(reverse("case_detail", args=[case.pk])))


def test_no_paper_of_another_clinic_is_printed(make_case, make_report, client, member, other_clinic):
    case = make_case()
    make_report(case)
    client.force_login(member("surgeon", clinic=other_clinic))
    for name in ("case_note", "specimen_labels", "laboratory_paper"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 404
    assert client.get(reverse("specimen", args=[case.testes.first().pk])).status_code == 404


# The laboratory report


def test_every_answer_of_the_laboratory_stands_on_its_report(whole_case, printed):
    answers = laboratory.answers_of(whole_case)
    assert {entry.name for entry in REPORT} == {n for n, value in answers.items() if not is_blank(value)}
    sheet = printed("laboratory_paper", whole_case)
    assert [e.name for e in REPORT if printed_form(e, answers[e.name]) not in sheet] == []


def test_a_report_says_whether_it_is_preliminary_or_final(make_case, make_report, printed):
    preliminary, final = make_case(), make_case()
    make_report(preliminary, final=False)
    make_report(final)
    assert "Preliminary. This is not the final result" in printed("laboratory_paper", preliminary)
    sheet = printed("laboratory_paper", final)
    assert "Preliminary" not in sheet
    assert "Final report, by Ela Embryologist" in sheet


def test_a_report_says_how_each_tissue_was_weighed_and_by_whom(case, printed, embryologist):
    answers = {"right_weighing": "estimated", "right_tissue_weight_mg": 95, "right_wet_prep": "motile"}
    laboratory.report(by=embryologist, case=case, answers=answers, final=False)
    right, left = printed("laboratory_paper", case).split("Right testis ")[1].split("Left testis ")
    assert "Tissue and theatre · recorded by Ela Embryologist Weighing Estimated Tissue weight 95 mg" in right
    assert "Seen in theatre Motile" in right
    assert "Tissue and theatre · recorded by Sami Surgeon Weighing Not weighed" in left
    assert "Tissue weight" not in left


def test_a_report_names_everybody_who_is_known_to_have_recorded_tissue(case, printed, embryologist):
    laboratory.report(by=embryologist, case=case, answers={"right_wet_prep": "motile"}, final=False)
    Testis.objects.filter(case=case, side="right").update(tissue_weight_mg=95)  # by no service
    assert "recorded by Sami Surgeon, Ela Embryologist Weighing" in printed("laboratory_paper", case)


def test_a_report_on_tissue_that_nobody_weighed_says_so(make_case, make_report, printed):
    case = make_case(sign=False, sides="left", left_weighing=None)
    make_report(case, final=False)
    assert "Tissue and theatre Weighing not answered" in printed("laboratory_paper", case)


def test_there_is_no_paper_of_a_report_that_nobody_wrote(case, client, reader):
    client.force_login(reader)
    assert client.get(reverse("laboratory_paper", args=[case.pk])).status_code == 404


# Labels


@pytest.fixture
def encoded(monkeypatch):
    """The texts that were made into codes."""
    found = []
    make = labels.qr_code
    monkeypatch.setattr(labels, "qr_code", lambda text: found.append(text) or make(text))
    return found


def test_each_code_leads_to_the_card_of_its_own_specimen(make_case, client, embryologist, encoded):
    client.force_login(embryologist)
    make_case()  # so that no number is the same by chance
    case = make_case()
    client.get(reverse("specimen_labels", args=[case.pk]))
    assert len(encoded) == 2
    for address, testis in zip(encoded, case.testes.all(), strict=True):
        assert address.startswith("http://testserver/")
        answer = client.get(urlsplit(address).path)
        page, anchor = answer.url.split("#")
        assert page == reverse("laboratory_report", args=[case.pk])
        card = client.get(page).content.decode().partition(f'id="{anchor}"')[2].partition("</section>")[0]
        assert testis.get_side_display() in card
        assert f'name="{testis.side}_sperm_found"' in card


def test_a_code_holds_nothing_about_the_man(make_case, client, reader, encoded):
    client.force_login(reader)
    case = make_case(patient_code="K-0231")
    client.get(reverse("specimen_labels", args=[case.pk]))
    assert [urlsplit(text).path for text in encoded] == [
        reverse("specimen", args=[testis.pk]) for testis in case.testes.all()
    ]


@pytest.fixture
def elsewhere(member, clinic, other_clinic):
    """Somebody of both clinics, at work in the other one."""
    person = member("embryologist")
    Membership.objects.create(clinic=other_clinic, user=person, role="reader")
    return person


def test_a_code_of_another_of_ones_clinics_opens_its_specimen_when_one_says_so(
    case, client, clinic, other_clinic, elsewhere
):
    client.force_login(elsewhere)
    client.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    testis = case.testes.first()
    scanned = reverse("specimen", args=[testis.pk])
    asked = client.get(scanned)
    assert asked.status_code == 200
    assert f"It belongs to {clinic}. You work in {other_clinic} now." in words(asked)
    assert case.patient.code not in asked.content.decode()
    button = {"clinic": clinic.pk, "next": scanned}
    for name, value in button.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in asked.content.decode()
    page = client.post(reverse("clinic_switch"), button, follow=True)
    card = f"{reverse('laboratory_report', args=[case.pk])}#specimen-{testis.side}"
    assert page.redirect_chain == [(scanned, 302), (card, 302)]
    assert page.context["case"] == case
    assert str(clinic) in page.content.decode().partition('class="specimen-bar"')[2].partition("</div>")[0]
    assert client.get(scanned).url == card


@pytest.mark.promise("ACC-1")
def test_a_scan_alone_changes_no_clinic(case, client, other_clinic, elsewhere):
    client.force_login(elsewhere)
    client.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    client.get(reverse("specimen", args=[case.testes.first().pk]), follow=True)
    assert client.get(reverse("home")).context["clinic"] == other_clinic


@pytest.mark.promise("ACC-1")
def test_a_code_of_a_clinic_that_one_left_opens_nothing_and_changes_no_clinic(
    case, client, clinic, other_clinic, elsewhere, administrator
):
    clinics.end_membership(by=administrator, membership=elsewhere.memberships.get(clinic=clinic))
    client.force_login(elsewhere)
    assert client.get(reverse("specimen", args=[case.testes.first().pk])).status_code == 404
    assert client.get(reverse("home")).context["clinic"] == other_clinic


def test_a_visitor_signs_in_before_a_code_opens_anything(case, client):
    address = reverse("specimen", args=[case.testes.first().pk])
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next={address}"


def test_a_label_names_man_side_case_and_day(make_case, printed):
    case = make_case(patient_code="K-0231")
    sheet = printed("specimen_labels", case)
    assert f"K-0231 Right testis {case.number} 4 Mar 2025" in sheet
    assert f"K-0231 Left testis {case.number} 4 Mar 2025" in sheet


@pytest.mark.parametrize(
    ("typed", "copies"), [("", 3), ("1", 1), ("٥", 5), ("0", 1), ("500", 20), ("many", 3), ("9" * 50, 3)]
)
def test_as_many_labels_as_asked_for_within_reason(make_case, printed, typed, copies):
    case = make_case(sides="left", right_weighing=None, right_tissue_weight_mg=None, right_samples_n=None)
    assert printed("specimen_labels", case, copies=typed).count("Left testis") == copies


def test_the_picture_is_the_code_s_own_squares():
    """Each module is drawn once, and the margin that readers need stays white."""
    picture = labels.qr_code("https://caselog.example/specimens/12/")
    assert picture == labels.qr_code("https://caselog.example/specimens/12/")
    assert picture != labels.qr_code("https://caselog.example/specimens/13/")
    drawn = [
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", picture.path)
        for step in range(int(width))
    ]
    assert len(drawn) == len(set(drawn))
    edge = range(labels.QUIET_ZONE, picture.modules - labels.QUIET_ZONE)
    assert {x for x, _y in drawn} == {y for _x, y in drawn} == set(edge)


@pytest.mark.parametrize("name", ["case_note", "laboratory_paper", "specimen_labels"])
def test_a_sheet_costs_at_most_ten_queries(whole_case, client, reader, name, django_assert_max_num_queries):
    client.force_login(reader)
    with django_assert_max_num_queries(10):
        assert client.get(reverse(name, args=[whole_case.pk])).status_code == 200
