"""The bench page in a browser: what comes and goes, the clock, and the code on a label."""

import pytest
from django.urls import reverse

from caselog.models import LaboratoryReport


def choose(page, name, value):
    page.locator(f"label:has([name={name}][value='{value}'])").click()


def question(page, name):
    return page.locator(f"[data-question={name}]")


@pytest.fixture
def bench(visit, case, embryologist):
    def make(**options):
        page = visit(embryologist, **options)
        page.goto(reverse("laboratory_report", args=[case.pk]))
        return page

    return make


@pytest.mark.promise("UX-5")
@pytest.mark.parametrize("scripts", [True, False])
def test_a_whole_report_on_a_phone_with_and_without_scripts(bench, case, witness, scripts):
    page = bench(width=360, scripts=scripts)
    page.locator("#section-more summary").click()
    assert not question(page, "right_count_category").is_visible()
    assert not question(page, "vials_n").is_visible()
    choose(page, "right_sperm_found", "motile")
    choose(page, "left_sperm_found", "none")
    assert question(page, "right_count_category").is_visible()
    assert question(page, "left_spermatids").is_visible()
    assert not question(page, "left_count_category").is_visible()
    choose(page, "right_count_category", "11_100")
    choose(page, "processing_methods", "mincing")
    page.locator("[name=search_minutes]").fill("90")
    choose(page, "disposition", "frozen")
    page.locator("[name=vials_n]").fill("3")
    choose(page, "witness", witness.pk)
    with page.expect_navigation():
        page.locator("button[name=final]").click()

    report = LaboratoryReport.objects.get()
    assert (report.result_status, report.vials_n, report.identity_checked) == ("final", 3, "yes")
    assert case.testes.get(side="right").finding.count_category == "11_100"


def test_a_mistake_about_a_hidden_question_is_seen_without_scripts(bench):
    page = bench(scripts=False)
    page.locator("#section-more summary").click()
    choose(page, "disposition", "frozen")
    page.locator("[name=vials_n]").fill("3")
    choose(page, "disposition", "discarded")
    with page.expect_navigation():
        page.locator("button[name=preliminary]").click()
    assert question(page, "vials_n").is_visible()
    assert "Nothing was frozen" in question(page, "vials_n").inner_text()


def test_the_clock_adds_whole_minutes_to_what_was_typed(bench):
    page = bench()
    page.clock.install()
    page.reload()
    minutes = page.locator("[name=search_minutes]")
    minutes.fill("٣٠")
    button = page.locator("[data-clock] button")
    button.click()
    assert button.inner_text() == "Stop the clock"
    page.clock.fast_forward("20:00")
    button.click()
    assert minutes.input_value() == "50"


def test_the_clock_goes_on_while_the_page_is_closed(bench):
    page = bench()
    page.clock.install()
    page.reload()
    page.locator("[data-clock] button").click()
    page.goto(reverse("worklist"))
    page.clock.fast_forward("20:00")
    page.go_back()
    button = page.locator("[data-clock] button")
    assert button.inner_text() == "Stop the clock"
    button.click()
    assert page.locator("[name=search_minutes]").input_value() == "20"


def test_the_code_on_a_label_opens_the_card_of_its_testis_after_signing_in(visit, case, embryologist):
    left = case.testes.get(side="left")
    embryologist.set_password("a password of the browser")
    embryologist.save(update_fields=["password"])
    page = visit()
    page.goto(reverse("specimen", args=[left.pk]))
    page.locator("[name=login]").fill(embryologist.email)
    page.locator("[name=password]").fill("a password of the browser")
    with page.expect_navigation():
        page.locator("main button[type=submit]:not([form])").click()
    assert page.url.endswith(f"{reverse('laboratory_report', args=[case.pk])}#specimen-left")
    assert "Left testis" in page.locator(":target").inner_text()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_paper_there_is_nothing_but_the_note(visit, surgeon, case, language):
    page = visit(surgeon, language=language)
    page.goto(reverse("case_note", args=[case.pk]))
    assert page.locator("[data-print]").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.locator(".source").is_visible()


def test_a_label_is_50_by_25_millimetres(visit, surgeon, case):
    page = visit(surgeon)
    page.goto(reverse("specimen_labels", args=[case.pk]))
    box = page.locator(".label").first.bounding_box()
    assert (round(box["width"] / 96 * 25.4), round(box["height"] / 96 * 25.4)) == (50, 25)
