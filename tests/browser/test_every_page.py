"""Every page, in both languages and widths: accessible, mirrored in Arabic, never wider than the screen."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from audit import adoptions, closing, services
from audit.results import Filters
from caselog import demo
from caselog.models import Case, Clinic, Draft, Testis, User
from caselog.services import favourites, histology, identifiers, queries
from caselog.web import drafts

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # Neither is read here, and each takes its time.
    "selectors": False,
    "preload": False,
}
# Parts that look alike have the same colours, so one of them is asked: contrast takes most of axe's time.
# `known` are the kinds that earlier pages had; returns those of this page.
CHOOSE_ONE_OF_EACH_KIND = """(known) => {
  const looks = ["class", "aria-current", "aria-invalid", "data-filled-in"];
  const shape = ({tagName, type, disabled, control, attributes}) =>
    [tagName, type, disabled, control?.checked, ...looks.map((name) => attributes[name]?.value)];
  const kind = (part) => (part ? `${shape(part)} in ${kind(part.parentElement)}` : "");
  const words = (child) => child.nodeType === Node.TEXT_NODE && child.data.trim();
  const says = (part) => part.value || [...part.childNodes].some(words);
  const kinds = new Map();
  for (const part of document.body.querySelectorAll("*"))
    if (says(part) && part.checkVisibility()) kinds.set(kind(part), part);
  known.forEach((name) => kinds.delete(name));
  kinds.forEach((part) => part.setAttribute("data-colours-asked", ""));
  axe.configure({rules: [{id: "color-contrast", selector: "[data-colours-asked]"}]});
  return [...kinds.keys()];
}"""
# Swagger's own markup, which we do not write: faint greys, buttons inside what is clicked, small links.
NOT_OURS = {"exclude": [["#swagger-ui"]]}
# All rules at either width, in either scheme and in either language; those about width at the other one too.
OF_WIDTH = RULES | {"runOnly": ["target-size", "scrollable-region-focusable"]}
LOOKS = {
    "en": [(360, "light", RULES), (1280, "dark", OF_WIDTH)],
    "ar": [(1280, "dark", RULES), (360, "light", OF_WIDTH)],
}


class Scene(NamedTuple):
    name: str
    who: str
    path: str
    act: Callable[[Any], None] | None = None


def submit(**typed):
    """Type these answers, or leave the form as it is, and send the page's last form."""

    def act(page):
        for name, value in typed.items():
            page.locator(f"main [name={name}]").last.fill(value)
        with page.expect_navigation():
            page.locator("main form[method=post] button:not([type=button], [form]):visible").last.click()

    return act


def fill_the_operation(page):
    """All that may be asked at once: a kind of azoospermia, both testes, a hormone, the folded part."""
    measure_hormones(page)
    page.locator("[name=azoospermia_type][value=noa]").check()
    page.locator("[name=prior_retrieval][value=none_found]").check()
    page.locator("[name=status][value=abandoned]").check()
    page.locator("[name=sides][value=both]").check()
    page.locator("[name=right_tissue_weight_mg_0]").fill("120")
    page.locator("[name=patient_code]").fill("K-0001")
    page.locator(".lookup [name=lookup]").click()
    page.locator(".earlier-found").wait_for()


def measure_hormones(page):
    page.locator("#section-examination > summary").click()
    page.locator("[name=fsh_value]").fill("12.5")
    page.locator("[name=lh_result][value=not_done]").check()


def raise_doubts(page):
    """All that signs a case, with two answers that are asked about."""
    for name, value in {"patient_code": "K-7001", "age_at_procedure": "66"}.items():
        page.locator(f"[name={name}]").fill(value)
    chosen = {"azoospermia_type": "noa", "klinefelter_status": "unknown", "prior_retrieval": "no_prior"}
    chosen |= {"procedure": "micro_tese", "sides": "right", "anaesthesia": "general"}
    for name, value in (chosen | {"right_weighing": "not_weighed"}).items():
        page.locator(f"[name={name}][value={value}]").check()
    page.locator("[name=primary_aetiology]").select_option("azf_deletion")
    page.locator("[name=y_microdeletion]").select_option("azfa")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.locator(".doubt").first.wait_for()


def wait_for_swagger(page):
    page.locator("#swagger-ui .opblock").first.wait_for()


def open_the_menu(page):
    page.locator("summary.menu-button:visible").last.click()


def our_years(today):
    return {
        "measure": "klinefelter",
        "label": "Our years 2022–2024",
        "citation": "سجل العيادة",
        "population": "Klinefelter, micro-TESE",
        "counted_in": "man",
        "found": 12,
        "known": 30,
        "next_review": today + timedelta(days=365),
    }


@pytest.fixture
def world(transactional_db, clinic, member):
    """The demo clinic with one audit kept, a clinic where nothing has happened, and somebody of no clinic."""
    today = timezone.localdate()
    demo.make(today=today)
    people = {name.partition("@")[0]: User.objects.get(email=name) for name, *_rest in demo.PEOPLE[:6]}
    cedar = Clinic.objects.get(name=demo.CLINICS[0])
    run = services.keep_run(
        by=people["admin"], clinic=cedar, filters=Filters(), title="All years", now=timezone.now()
    )
    closed = closing.close_period(
        by=people["admin"],
        clinic=cedar,
        since=date(today.year - 2, 1, 1),
        until=date(today.year - 2, 12, 31),
        reference_set="both",
        title="A year",
        now=timezone.now(),
    )
    cases = Case.objects.filter(clinic=cedar, surgeon=people["surgeon"])
    final = cases.filter(laboratory_report__result_status="final").first()
    side = final.testes.first().side
    favourites.keep_favourite(
        by=people["surgeon"], clinic=cedar, name="micro", answers={"procedure": "micro_tese"}
    )
    histology.record_histology(
        by=people["surgeon"], case=final, answers={f"{side}_pattern": "germ_cell_neoplasia"}
    )
    queries.ask(by=people["reader"], case=final, field="anaesthesia", text="General?")
    identifiers.switch_identifiers(by=people["admin"], clinic=cedar, keeps=True)
    identifiers.record_identifiers(
        by=people["admin"], patient=final.patient, name="عبد الرحمٰن", hospital_number="HN-7001"
    )
    gone = Draft.objects.create(
        clinic=cedar,
        user=people["surgeon"],
        key=uuid4(),
        form=reverse("case_operation", args=[0]),
        typed={
            "patient_code": ["K-7002"],
            "anaesthesia": ["general"],
            "reason": ["In the theatre book"],
        },
    )
    adoptions.set_tolerance(
        by=people["admin"], clinic=cedar, figure="c17-micro", tolerance=Decimal("0.15"), reason="Few cases"
    )
    own = adoptions.add_figure(by=people["admin"], clinic=cedar, today=today, answers=our_years(today))
    unseen = cases.filter(follow_ups=None).followed_up().last()
    return SimpleNamespace(
        **people,
        visitor=None,
        today=today,
        newcomer=member("surgeon", "embryologist", "administrator", name="Nour Newcomer"),
        stranger=member(name="Sam Stranger"),
        run=run,
        closed=closed,
        own=own,
        draft=cases.drafts().first(),
        waiting=cases.awaiting_laboratory().filter(laboratory_report=None, sides="both").first(),
        final=final,
        alert=final.alerts.get(),
        theatre_list=f"{final.procedure_date},{final.patient.code}\n{final.procedure_date},X-404",
        score={f"{side}_johnsen_mean": "12"},
        unseen=reverse("follow_up_visit", args=[unseen.pk, 3]),
        gone=drafts.address(gone),
        elsewhere=Testis.objects.filter(clinic__name=demo.CLINICS[1]).first(),
    )


def scenes(world):
    """All pages. Lists are short: axe takes its time."""
    audit, mix, time = reverse("audit"), reverse("audit_case_mix"), reverse("audit_time")
    last_year = f"since={world.today.year - 1}-01-01&until={world.today.year - 1}-12-31"
    ever, figure = "since=&until=", "measure=micro_noa&part=pending"

    def of(name, case):
        return reverse(name, args=[case.pk])

    return [
        Scene("sign-in", "visitor", reverse("account_login")),
        Scene(
            "sign-in refused", "visitor", reverse("account_login"), submit(login="a@b.example", password="x")
        ),
        Scene("sign-up, which is closed", "visitor", reverse("account_signup")),
        Scene("forgotten password", "visitor", reverse("account_reset_password")),
        Scene("old password link", "visitor", reverse("account_reset_password_from_key", args=["1", "x"])),
        Scene("home of a surgeon", "surgeon", reverse("home")),
        Scene("home of an embryologist", "embryologist", reverse("home")),
        Scene("home of an administrator", "admin", reverse("home")),
        Scene("home of a reader", "reader", reverse("home")),
        Scene("home of a new clinic", "newcomer", reverse("home")),
        Scene("home of somebody of no clinic", "stranger", reverse("home")),
        Scene("open menu", "admin", reverse("home"), open_the_menu),
        Scene("cases", "surgeon", reverse("case_list") + "?state=draft"),
        Scene("cases, none found", "surgeon", reverse("case_list") + "?q=nobody"),
        Scene("cases, filtered", "reader", reverse("case_list") + "?procedure=tesa&sort=oldest"),
        Scene("cases with a wrong filter", "reader", reverse("case_list") + "?since=1/2/2025"),
        Scene("cases of a new clinic", "newcomer", reverse("case_list")),
        Scene("new case", "surgeon", reverse("case_new")),
        Scene("new case filled", "surgeon", reverse("case_new"), fill_the_operation),
        Scene("new case with mistakes", "surgeon", reverse("case_new"), submit(age_at_procedure="old")),
        Scene(
            "new case with an answer to check", "surgeon", reverse("case_new") + "?like=last", raise_doubts
        ),
        Scene("favourites", "surgeon", reverse("favourites")),
        Scene("no favourite", "newcomer", reverse("favourites")),
        Scene("draft", "surgeon", of("case_detail", world.draft)),
        Scene("draft to delete", "surgeon", of("case_delete", world.draft)),
        Scene("form of a deleted case", "surgeon", world.gone),
        Scene("specimen of another clinic", "admin", of("specimen", world.elsewhere)),
        Scene("case with a final report", "surgeon", of("case_detail", world.final)),
        Scene("signed operation to change", "surgeon", of("case_operation", world.final)),
        Scene("questions about a case", "reader", of("case_queries", world.final)),
        Scene("question without words", "reader", of("case_queries", world.final), submit(text=" ")),
        Scene("question to answer", "surgeon", of("case_queries", world.final), submit()),
        Scene("no question", "surgeon", of("case_queries", world.draft)),
        Scene("worklist", "embryologist", reverse("worklist")),
        Scene("worklist of a new clinic", "newcomer", reverse("worklist")),
        Scene("laboratory report", "embryologist", of("laboratory_report", world.waiting)),
        Scene(
            "laboratory report with mistakes",
            "embryologist",
            of("laboratory_report", world.waiting),
            submit(search_minutes="long"),
        ),
        Scene("final laboratory report", "embryologist", of("laboratory_report", world.final)),
        Scene("histology", "embryologist", of("case_histology", world.final)),
        Scene(
            "histology with a mistake",
            "embryologist",
            of("case_histology", world.final),
            submit(**world.score),
        ),
        Scene("case with an alert", "surgeon", of("case_detail", world.alert.case)),
        Scene("alert", "surgeon", of("alert_acknowledge", world.alert)),
        Scene("alert acknowledged without a word", "surgeon", of("alert_acknowledge", world.alert), submit()),
        Scene("operation note", "surgeon", of("case_note", world.final)),
        Scene("operation note of a draft", "surgeon", of("case_note", world.draft)),
        Scene("laboratory report on paper", "embryologist", of("laboratory_paper", world.final)),
        Scene("specimen labels", "surgeon", of("specimen_labels", world.waiting)),
        Scene("follow-ups", "surgeon", reverse("follow_ups")),
        Scene("follow-ups of a new clinic", "newcomer", reverse("follow_ups") + "?list=overdue"),
        Scene("visit", "surgeon", reverse("follow_up_visit", args=[world.final.pk, 3])),
        Scene("new visit with mistakes", "admin", world.unseen, submit()),
        Scene("complication", "surgeon", of("complication_new", world.final)),
        Scene("complication with mistakes", "surgeon", of("complication_new", world.final), submit()),
        Scene("ICSI cycle", "surgeon", of("cycle_new", world.final)),
        Scene("ICSI cycle with mistakes", "surgeon", of("cycle_new", world.final), submit()),
        Scene("laboratory report not begun", "surgeon", of("laboratory_report", world.waiting)),
        Scene("audit", "admin", audit),
        Scene(
            "audit by testis beside the literature", "admin", f"{audit}?unit=testis&reference_set=literature"
        ),
        Scene("audit between clinics", "admin", f"{reverse('audit_between')}?{ever}"),
        Scene("audit between clinics, of a surgeon", "surgeon", f"{reverse('audit_between')}?{ever}"),
        Scene("audit between clinics of a new clinic", "newcomer", reverse("audit_between")),
        Scene("audit beside both sets", "admin", f"{audit}?{ever}&reference_set=both"),
        Scene("rate in depth", "admin", reverse("audit_measure", args=["micro_noa"]) + "?reference_set=both"),
        Scene("group in depth", "reader", reverse("audit_measure", args=["genetic"]) + f"?{ever}"),
        Scene("rate in depth of a new clinic", "newcomer", reverse("audit_measure", args=["obstructive"])),
        Scene("tissue", "admin", reverse("audit_tissue")),
        Scene("safety", "admin", reverse("audit_safety")),
        Scene("laboratory and timeliness", "admin", reverse("audit_laboratory")),
        Scene("reference figures", "admin", reverse("references")),
        Scene("reference figures of a new clinic", "newcomer", reverse("references")),
        Scene("reference figures of a version", "reader", reverse("references_version", args=[2])),
        Scene("tolerance of a figure", "admin", reverse("reference_tolerance", args=["c17-micro"])),
        Scene(
            "tolerance without a reason",
            "admin",
            reverse("reference_tolerance", args=["c17-micro"]),
            submit(tolerance="150"),
        ),
        Scene("figure of the clinic's own", "admin", reverse("own_figure_new")),
        Scene("figure with mistakes", "admin", reverse("own_figure_new"), submit(label="Ours", found="7")),
        Scene("figure to withdraw", "admin", of("own_figure_withdraw", world.own)),
        Scene("figure withdrawn without a reason", "admin", of("own_figure_withdraw", world.own), submit()),
        Scene("small numbers", "admin", reverse("audit_settings")),
        Scene("small numbers of a new clinic", "newcomer", reverse("audit_settings")),
        Scene("small numbers, only to be read", "reader", reverse("audit_settings")),
        Scene(
            "small numbers out of bounds", "admin", reverse("audit_settings"), submit(counts_only_below="1")
        ),
        Scene("audit with a wrong filter", "admin", f"{audit}?since=2025-05-01&until=2024-05-01"),
        Scene(
            "audit under filters, beside the clinic's own set",
            "admin",
            f"{audit}?attempt=first&surgeon={world.surgeon.pk}&reference_set=clinic",
        ),
        Scene("audit that filters leave empty", "admin", f"{audit}?azoospermia_type=oa&procedure=micro_tese"),
        Scene("audit with a wrong filter of cases", "reader", f"{audit}?procedure=guess&surgeon=1"),
        Scene("audit of a new clinic", "newcomer", audit),
        Scene("over time", "admin", time),
        Scene("over time, of attempts", "admin", f"{time}?{ever}&unit=attempt&measure=micro_noa&page=2"),
        Scene("over time of a new clinic", "newcomer", time),
        Scene("kept over time", "admin", of("audit_run_time", world.run)),
        Scene("case mix beside both sets", "admin", f"{mix}?{ever}&reference_set=both"),
        Scene("case mix of a new clinic", "newcomer", mix),
        Scene("cases behind a figure", "admin", f"{reverse('audit_cases')}?{figure}"),
        Scene("no case behind a figure", "newcomer", f"{reverse('audit_cases')}?{figure}"),
        Scene("kept audits", "admin", reverse("audit_runs")),
        Scene("closed audits only", "admin", f"{reverse('audit_runs')}?closed="),
        Scene("no kept audit", "newcomer", reverse("audit_runs")),
        Scene("closing an audit", "admin", reverse("audit_close")),
        Scene("what is closed", "admin", f"{reverse('audit_close')}?{last_year}&reference_set=document"),
        Scene(
            "months that cannot be closed", "admin", f"{reverse('audit_close')}?since=2025-01-02&until=soon"
        ),
        Scene("closed audit", "admin", of("audit_run", world.closed)),
        Scene("kept audit", "admin", of("audit_run", world.run)),
        Scene(
            "rate of a kept audit",
            "admin",
            reverse("audit_run_measure", args=[world.run.pk, "conventional_noa"]),
        ),
        Scene("safety in a kept audit", "admin", of("audit_run_safety", world.run)),
        Scene("audit to be shared", "admin", f"{audit}?{ever}&reference_set=both&share=outside"),
        Scene("audit to be shared, of a new clinic", "newcomer", f"{audit}?share=outside"),
        Scene("kept audit to be shared", "admin", f"{of('audit_run', world.run)}?share=outside"),
        Scene("kept audit made again", "admin", of("audit_run_again", world.run)),
        Scene("cases behind a kept figure", "admin", f"{of('audit_run_cases', world.run)}?{figure}"),
        Scene("people", "admin", reverse("clinic_people")),
        Scene("people with a mistake", "admin", reverse("clinic_people"), submit(email="nobody")),
        Scene("local identifiers", "admin", reverse("clinic_identifiers")),
        Scene("local identifiers that are still kept", "admin", reverse("clinic_identifiers"), submit()),
        Scene("local identifiers not kept", "newcomer", reverse("clinic_identifiers")),
        Scene("local identifiers of a man", "admin", of("case_identifiers", world.final)),
        Scene("case with local identifiers", "admin", of("case_detail", world.final)),
        Scene("patient", "admin", of("case_patient", world.final)),
        Scene(
            "patient with a mistake",
            "admin",
            of("case_patient", world.final),
            submit(partner_birth_year="long ago"),
        ),
        Scene("data quality", "admin", reverse("data_quality")),
        Scene("export of the record", "admin", reverse("record_export")),
        Scene("export with a mistake", "admin", reverse("record_export_file") + "?since=1/2/2025"),
        Scene("data quality of a wrong period", "admin", reverse("data_quality") + "?since=1/2/2025"),
        Scene("data quality of a new clinic", "newcomer", reverse("data_quality")),
        Scene("case ascertainment", "admin", reverse("case_ascertainment")),
        Scene(
            "theatre list compared",
            "admin",
            reverse("case_ascertainment"),
            submit(pasted=world.theatre_list),
        ),
        Scene(
            "theatre list with mistakes",
            "admin",
            reverse("case_ascertainment"),
            submit(pasted="date,code\n1/2/25,K-1"),
        ),
        Scene("description of the API", "surgeon", reverse("api-docs"), wait_for_swagger),
        Scene("no access token", "newcomer", reverse("tokens")),
        Scene("new access token", "surgeon", reverse("tokens"), submit()),
        Scene("second step of sign-in", "surgeon", reverse("mfa_index")),
        Scene("confirming who it is", "surgeon", reverse("mfa_activate_totp")),
        Scene("change of password", "surgeon", reverse("account_change_password")),
        Scene("sign-out", "surgeon", reverse("account_logout")),
        Scene("not permitted", "surgeon", reverse("clinic_people")),
        Scene("not found", "surgeon", "/nowhere/"),
    ]


def beyond(page) -> int:
    """By how many pixels one would scroll sideways, once the page has taken its new width."""
    return page.evaluate("""async () => {
      const beyond = () => Math.max(0, document.scrollingElement.scrollWidth - innerWidth);
      for (let frames = 30; beyond() && frames; frames--) await new Promise(requestAnimationFrame);
      return beyond();
    }""")


def faults(page, language, rules):
    """What is wrong with the page that is open, a line for each fault."""
    if page.evaluate("document.documentElement.dir") != {"en": "ltr", "ar": "rtl"}[language]:
        yield "its direction"
    if more := beyond(page):
        yield f"{more} px wider than the screen"
    run = "([part, rules]) => axe.run(part, rules).then((found) => found.violations)"
    for broken in page.evaluate(run, [NOT_OURS, rules]):
        yield f"{broken['id']} at {[node['html'] for node in broken['nodes']][:3]}"


@pytest.mark.promise("UX-4")
@pytest.mark.promise("UX-5")
@pytest.mark.promise("L10N-1")
@pytest.mark.promise("WEB-1")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_accessible_mirrored_and_fits_the_screen(world, visit, change_person, language):
    page = visit(language=language)
    page.add_init_script(Axe().axe_script)
    found, who, kinds = [], "", set()
    for scene in sorted(scenes(world), key=lambda scene: scene.who):
        if scene.who != who:
            who = scene.who
            change_person(page, getattr(world, who))
        look_like(page, *LOOKS[language][0][:2])
        page.goto(scene.path)
        if scene.act:
            scene.act(page)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
        kinds.update(page.evaluate(CHOOSE_ONE_OF_EACH_KIND, list(kinds)))
        for width, scheme, rules in LOOKS[language]:
            look_like(page, width, scheme)
            found += [
                f"{scene.name}, {language}, {width} px: {fault}" for fault in faults(page, language, rules)
            ]
        look_like(page, 1280)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if beyond(page):
            found.append(f"{scene.name}, {language}: wider than the screen in letters twice as large")
    assert not found, "\n".join(found)


def look_like(page, width, scheme="light"):
    page.set_viewport_size({"width": width, "height": 740})
    # Without a transition, half-way through which a colour is neither.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
