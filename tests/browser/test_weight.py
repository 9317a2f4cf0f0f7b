"""What travels to the browser: pages as the server sends them, static files as it will have compressed them.

In the tests static files come straight from their folders. Served, whitenoise sends what `collectstatic`
made of them by gzip, under a name that the browser keeps for good.
"""

from gzip import compress

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog import demo
from caselog.models import User

KB = 1024


@pytest.fixture
def somebody(transactional_db):
    """Who sees every page filled: the demo clinic's surgeon, here its administrator and embryologist too."""
    demo.make(today=timezone.localdate())
    surgeon = User.objects.get(email="surgeon@demo.example")
    clinic = surgeon.memberships.get().clinic
    for role in ("administrator", "embryologist"):
        clinic.memberships.create(user=surgeon, role=role)
    return surgeon


def parts(page, path):
    """The address and weight, in bytes with its headers, of everything that loads with this page."""
    loaded = []

    def add(request):
        loaded.append(request)

    page.on("requestfinished", add)
    page.goto(path)
    page.remove_listener("requestfinished", add)
    return {request.url: weight(request) for request in loaded}


def weight(request):
    sizes = request.sizes()
    is_file = "/static/" in request.url
    body = len(compress(request.response().body())) if is_file else sizes["responseBodySize"]
    return body + sizes["responseHeadersSize"]


@pytest.mark.promise("UX-6")
def test_a_first_page_weighs_at_most_150_kb_and_a_later_one_30(visit, somebody):
    for language in ("en", "ar"):
        first = parts(visit(language=language), reverse("account_login"))
        assert 40 * KB < sum(first.values()) <= 150 * KB

        page = visit(somebody, language=language)
        known = parts(page, reverse("home"))
        assert sum(known.values()) <= 150 * KB
        for name in ("case_list", "case_new", "worklist", "audit", "clinic_people", "tokens"):
            loaded = parts(page, reverse(name))
            new = {url: size for url, size in loaded.items() if url not in known}
            # What moves, explains and saves the drawings loads once, with the first page that has some.
            charts = {url: size for url, size in new.items() if "/audit/charts" in url}
            assert sum(charts.values()) <= 10 * KB, charts
            assert 1 * KB < sum(new.values()) - sum(charts.values()) <= 30 * KB, (name, language, new)
            known |= loaded
