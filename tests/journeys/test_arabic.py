"""Every page in Arabic: from right to left, and no English left on it."""

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as project
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from audit import reference, services
from audit.results import Filters
from caselog.models import Clinic, User

pytestmark = pytest.mark.slow  # a crawl over every page

CATALOGUE = Path(__file__).parents[2] / "locale" / "ar" / "LC_MESSAGES" / "django.po"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = ["surgeon", "embryologist", "administrator", "reader"]
# What stays Latin: the product, the other language, techniques and codes, statisticians, formats.
LATIN = {"Caselog", "English", "Excel", "CSV", "TESE", "TESA", "PESA", "MESA", "TEFNA"}
LATIN |= {"AZF", "AZFa", "AZFb", "AZFc", "CBAVD", "CFTR", "XY", "XXY"}
LATIN |= {"Wilson", "Clopper", "Pearson", "Newcombe", "Welch", "Fisher", "Schlegel"}
LATIN |= {"Benjamini", "Hochberg", "Poisson", "Yates", "mid", "VLAD", "CUSUM"}
# … hormones and the units that laboratories print.
LATIN |= {"FSH", "LH", "AMH", "hCG", "ISCN", "ICSI", "IU", "mIU", "mL", "dL", "nmol", "pmol", "ng", "pg"}
LATIN |= {"II", "III", "Clavien", "Dindo", "PN"}  # grades
LATIN |= {"xlsx", "SVG", "PNG", "API", "JavaScript", "doi", "Escape"}
NOT_READ = {"script", "style", "template"}
READ_ALOUD = {"aria-label", "alt", "placeholder", "title"}
# Addresses the crawl leaves out: a file, a format for programs, the way out.
NOT_PAGES = re.compile(r"/workbook/|^/api/|^/static/|/logout/|\.css$")


class Page(HTMLParser):
    """What a reader sees or hears of a page, and where it leads."""

    def __init__(self, text: str):
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.direction = self.language = ""
        self._unread = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._unread += tag in NOT_READ
        if tag == "html":
            self.direction, self.language = given.get("dir"), given.get("lang")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"].split("#")[0])
        self.words += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag):
        self._unread -= tag in NOT_READ

    def handle_data(self, data):
        if not self._unread:
            self.words.append(data)


def english(texts: list[str], known: list[str]) -> set[str]:
    """Latin words that are no name, no code and no citation."""
    # Without the signs that keep a Latin run together in an Arabic line.
    text = " ".join(re.sub("[\u2060\u2066-\u2069]", "", " ".join(texts)).split())
    for phrase in known:
        text = text.replace(phrase, " ")
    text = re.sub(r"\S+@\S+|https?://\S+|\b[A-Z]-?\d+\b|\b[0-9a-f]{16,}\b", " ", text)
    return set(re.findall(r"(?<![A-Za-z])[A-Za-z]{2,}", text)) - LATIN


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The committed catalogue, whether or not it has been compiled."""
    path = tmp_path_factory.mktemp("locale")
    folder = path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with CATALOGUE.open("rb") as po, (folder / "django.mo").open("wb") as mo:
        write_mo(mo, read_po(po, locale="ar"))
    return path


@pytest.fixture(autouse=True)
def arabic(compiled, settings):
    settings.LOCALE_PATHS = [compiled]
    with translation.override("ar"):
        yield


@pytest.fixture
def records(clinic, administrator, make_case, make_report):
    """Each state of a case, each kind of result, and a kept audit."""
    make_report(make_case())
    make_report(make_case(), right_sperm_found="none", disposition="discarded")
    make_report(make_case(klinefelter_status="non_mosaic", primary_aetiology="klinefelter"), final=False)
    make_report(
        make_case(
            azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa", y_microdeletion=None
        )
    )
    make_report(make_case(procedure="conventional_tese", right_tissue_weight_mg=640))
    make_case(azoospermia_type="uncertain", primary_aetiology="unknown")
    make_case(status="cancelled", status_reason="حمّى")
    make_case(sign=False, sides=None, procedure=None)
    services.keep_run(by=administrator, clinic=clinic, filters=Filters(), title="تدقيق", now=timezone.now())


@pytest.fixture
def reads_arabic(member):
    def sign_in(*roles):
        client = Client()
        client.force_login(member(*roles, name="قارئ"), backend=BACKEND)
        client.cookies[project.LANGUAGE_COOKIE_NAME] = "ar"
        return client

    return sign_in


def known_names() -> list[str]:
    """People, clinics, and what a reference file says of its sources; the longest first."""
    figures = [figure for name in reference.names() for figure in reference.load(name).figures]
    of_sources = {text for f in figures for text in (f.citation, f.label, f.doi, f.checked_by) if text}
    here = {str(one) for model in (User, Clinic) for one in model.objects.all()}
    return sorted(of_sources | here, key=len, reverse=True)


def read(response, known) -> Page:
    page = Page(response.content.decode())
    assert (page.direction, page.language) == ("rtl", "ar"), response.request["PATH_INFO"]
    assert english(page.words, known) == set(), response.request["PATH_INFO"]
    return page


def crawl(client, *starts) -> set[str]:
    """Reads every page that links lead to, one of each kind; the names of those it read."""
    known, waiting, seen, names = known_names(), [*starts], set(), set()
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"\d+|=[^&]*", "", address)
        if kind in seen or NOT_PAGES.search(address):
            continue
        seen.add(kind)
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        names.add(response.resolver_match.view_name)
        links = read(response, known).links
        waiting += [
            link if link.startswith("/") else address.split("?")[0] + link
            for link in links
            if link.startswith(("/", "?"))
        ]
    return names


def own_pages(prefix="", resolver=None):
    """The names of the pages without an object in their address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from own_pages(route, pattern)
        elif pattern.name and "<" not in route and "(?P" not in route:
            yield f"/{route}", pattern.name


@pytest.mark.promise("L10N-1")
@pytest.mark.parametrize("role", ROLES)
def test_every_page_that_a_role_reaches_is_arabic(role, records, reads_arabic):
    pages = crawl(reads_arabic(role), "/")
    assert {"home", "case_list", "case_detail", "worklist", "audit", "audit_run", "audit_cases"} <= pages


@pytest.mark.promise("L10N-1")
def test_every_form_of_a_clinic_is_arabic(records, reads_arabic):
    pages = crawl(reads_arabic(*ROLES), "/")
    forms = {"case_new", "case_operation", "case_delete", "laboratory_report", "clinic_people", "tokens"}
    assert forms <= pages


@pytest.mark.promise("L10N-1")
def test_the_pages_of_an_account_are_arabic(reads_arabic):
    pages = [path for path, name in own_pages() if name.startswith(("account_", "mfa_"))]
    assert len(pages) > 10
    for client in (Client(headers={"accept-language": "ar"}), reads_arabic("surgeon")):
        for path in pages:
            response = client.get(path, follow=True)
            if response.status_code == 200 and "html" in response["Content-Type"]:
                read(response, known_names())


@pytest.mark.promise("L10N-1")
@pytest.mark.parametrize("path", ["/nowhere/", "/cases/999/", "/clinic/people/"])
def test_refusals_are_arabic(path, reads_arabic):
    response = reads_arabic("surgeon").get(path)
    assert response.status_code in (403, 404)
    read(response, known_names())


@pytest.mark.promise("L10N-1")
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("case_new", {"sign": "1"}),
        (
            "case_new",
            {
                "patient_code": "K-1",
                "procedure_date_0": "31",
                "procedure_date_1": "x",
                "procedure_date_2": "24",
                "birth_year": "abc",
                "age_at_procedure": "1,234",
                "attempt_number": "1.5",
            },
        ),
        ("case_new", {"age_at_procedure": "5", "attempt_number": "500", "right_tissue_weight_mg_0": "1"}),
        ("clinic_people", {"email": "nobody"}),
        ("clinic_people", {}),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_in_arabic(name, typed, reads_arabic):
    response = reads_arabic(*ROLES).post(reverse(name), typed)
    assert response.status_code in (200, 422)
    read(response, [*known_names(), *typed.values()])


@pytest.mark.promise("L10N-1")
def test_an_unfinished_report_is_refused_in_arabic(make_case, reads_arabic):
    response = reads_arabic("embryologist").post(
        reverse("laboratory_report", args=[make_case().pk]), {"final": "1"}
    )
    assert response.status_code in (200, 422)
    read(response, known_names())


@pytest.mark.promise("L10N-1")
def test_the_workbook_is_arabic(records, reads_arabic):
    response = reads_arabic("administrator").get(reverse("audit_workbook"))
    book = load_workbook(BytesIO(response.getvalue()))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    values = [value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row]
    # Stored codes are a contract and stand in the codebook as they are.
    texts = [v for v in values if isinstance(v, str) and not re.fullmatch(r"[a-z0-9_+]+", v)]
    assert english([*texts, *book.sheetnames], known_names()) - {"DOI", "UTC"} == set()
