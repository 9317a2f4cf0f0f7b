"""A chart for whoever has a keyboard, a mouse or a finger, and for whoever takes it away as a file."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from audit.charts.plot import Mark
from tests.audit.plots import plot

POLYGLOT = """'">]]></title></svg><script>document.title="run"</script><img src=x onerror="a">"""
SVG = "{http://www.w3.org/2000/svg}"
FOCUSED = "document.activeElement.getAttribute('aria-label')"


@pytest.fixture
def plot_page(visit, surgeon, settings):
    settings.ROOT_URLCONF = "tests.browser.plot_page"

    def make(**options):
        page = visit(surgeon, **options)
        page.goto("/plot/")
        return page

    return make


def words(page):
    return page.locator("td").all_inner_texts()


def download(page, button, of=None):
    with page.expect_download() as waited:
        (of or page).get_by_role("button", name=button).click()
    return waited.value


@pytest.mark.promise("UX-5")
def test_the_arrow_keys_move_from_mark_to_mark_and_each_says_the_words_of_the_table(plot_page):
    page = plot_page()
    tip = page.locator(".chart-tip")
    first, second = words(page)
    page.locator(".plot-frame svg [tabindex='0']").focus()
    for key, said in [("Home", first), ("ArrowRight", second), ("ArrowRight", second), ("ArrowUp", first)]:
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == said
        assert tip.inner_text() == said
    assert page.locator(".plot-frame [tabindex='0']").count() == 1

    page.keyboard.press("Escape")
    assert tip.is_hidden()
    assert page.evaluate(FOCUSED) == first
    page.keyboard.press("ArrowRight")
    assert tip.inner_text() == second

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.save") == "svg"
    tip.wait_for(state="hidden")


def test_the_words_appear_near_the_pointer_stay_while_it_is_on_them_and_move_nothing(plot_page):
    page = plot_page()
    tip, mark = page.locator(".chart-tip"), page.locator("g.mark")
    below = page.locator("table").bounding_box()
    box = mark.bounding_box()
    page.mouse.move(box["x"] - 6, box["y"] + 4)
    assert tip.inner_text() == words(page)[0]
    assert page.locator("table").bounding_box() == below

    tip.hover()
    page.wait_for_timeout(300)
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    mark.hover()
    assert tip.is_hidden()
    page.mouse.move(5, 5)
    mark.hover()
    assert tip.is_visible()
    page.mouse.move(5, 5)
    tip.wait_for(state="hidden")


def test_the_first_touch_says_the_words_and_the_second_follows_the_link(plot_page):
    page = plot_page(width=360, has_touch=True)
    page.locator("a.mark").tap()
    assert page.locator(".chart-tip").inner_text() == words(page)[1]
    page.locator("h1, figcaption").first.tap()
    page.locator(".chart-tip").wait_for(state="hidden")
    page.locator("a.mark").tap()
    with page.expect_navigation():
        page.locator("a.mark").tap()
    assert page.url.endswith("/audit/cases/?part=found")


def test_a_saved_svg_stands_alone_with_its_title_and_its_source(plot_page):
    page = plot_page(color_scheme="dark")
    page.context.set_offline(True)
    saved = download(page, "Download as SVG")
    assert saved.suggested_filename == "rates.svg"
    text = Path(saved.path()).read_text(encoding="utf-8")
    svg = ElementTree.fromstring(text)
    attributes = {name for part in svg.iter() for name in part.attrib}
    assert attributes.isdisjoint({"class", "id", "href", "style", "tabindex"})
    assert re.findall(r"url\(|https?://(?!www\.w3\.org/2000/svg)", text) == []
    letters = {"font-family", "font-size", "font-weight"}
    for part in svg.iter():
        if part.tag == f"{SVG}text":
            assert letters <= part.attrib.keys()
    assert svg.find(f"{SVG}rect").get("fill") == "#fff"
    strokes = {part.get("stroke") for part in svg.iter(f"{SVG}polyline")}
    assert strokes == {"rgb(0, 0, 0)"}
    written = [part.text for part in svg.iter(f"{SVG}text")]
    assert {"Rates by quarter", "Cedar Clinic", "Quarter", "Sperm found, %"} <= set(written)
    assert {title.text for title in svg.iter(f"{SVG}title")} == {"Rates by quarter", *words(page)}


def test_a_name_that_looks_like_markup_stays_words_on_the_page_and_in_both_files(plot_page, monkeypatch):
    mark = Mark(1, 1 / 2, POLYGLOT, name="<script>", href="/audit/")
    monkeypatch.setattr("tests.browser.plot_page.thirds", lambda: plot(title=POLYGLOT, marks=[mark]))
    page = plot_page()
    page.locator(".mark").focus()
    assert page.locator(".chart-tip").text_content() == POLYGLOT
    assert page.locator(".chart-tip *, .plot script, .plot img").count() == 0
    svg = ElementTree.parse(download(page, "Download as SVG").path()).getroot()
    assert POLYGLOT in {title.text for title in svg.iter(f"{SVG}title")}
    assert not {part.tag for part in svg.iter()} & {f"{SVG}script", f"{SVG}img", f"{SVG}a", "script", "img"}
    assert Path(download(page, "Download as PNG").path()).read_bytes().startswith(b"\x89PNG")
    assert page.title() != "run"


def test_a_saved_png_is_drawn_without_the_network_at_three_dots_a_unit(plot_page):
    page = plot_page()
    page.context.set_offline(True)
    saved = download(page, "Download as PNG")
    picture = Path(saved.path()).read_bytes()
    assert saved.suggested_filename == "rates.png"
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20], "big") == 3 * (640 + 2 * 16)
    assert len(picture) > 10_000


def test_without_scripts_a_mark_has_a_title_and_nothing_is_there_to_press(plot_page):
    page = plot_page(scripts=False)
    assert page.locator(".mark title").all_text_contents() == words(page)
    assert page.get_by_role("button", name="Download").count() == 0
    assert page.locator(".plot-frame").get_attribute("tabindex") == "0"


def test_the_forest_is_one_tab_stop_and_says_its_lines(visit, surgeon, make_case, make_report):
    make_report(make_case())
    page = visit(surgeon)
    page.goto(reverse("audit"))
    drawings = page.locator(".forest").first.locator(".chart[role=img]")
    assert drawings.count() > 2
    assert page.locator(".forest").first.locator("[tabindex='0']").count() == 1
    drawings.first.focus()
    page.keyboard.press("ArrowDown")
    said = page.evaluate(FOCUSED)
    assert page.locator(".chart-tip").inner_text() == said
    assert said.startswith(page.locator(".forest .measure-name").nth(1).inner_text())


def test_a_saved_forest_has_the_lines_of_its_table_its_legend_and_its_source(
    visit, surgeon, make_case, make_report
):
    make_report(make_case())
    page = visit(surgeon)
    page.goto(reverse("audit"))
    page.context.set_offline(True)
    saved = download(page, "Download as SVG", of=page.locator("[data-name=forest]"))
    assert saved.suggested_filename == "forest.svg"
    svg = ElementTree.parse(saved.path()).getroot()
    assert {name for part in svg.iter() for name in part.attrib}.isdisjoint({"class", "id", "href", "style"})
    written = " ".join(part.text for part in svg.iter(f"{SVG}text"))
    table = page.locator(".forest").first
    for said in table.locator(".measure-name, .verdict").all_inner_texts():
        assert said in written
    assert "Dark band: the reference." in written
    assert "leads to its page" not in written
    assert "Compare with: Source document" in written
    drawn = [title.text for title in svg.iter(f"{SVG}title")][1:]
    assert len(drawn) == table.locator(".chart[role=img]").count()
