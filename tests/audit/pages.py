"""The pages of the audit that between them show every figure of it."""

import re
from html import unescape

from django.urls import reverse

from audit.measures import MEASURES

PARTS = ("tissue", "safety", "laboratory")


def addresses(kept=None) -> list[str]:
    """Of today's cases, or of a kept audit."""
    first, of = ("audit_run", [kept.pk]) if kept else ("audit", [])
    measures = [reverse(f"{first}_measure", args=[*of, measure.id]) for measure in MEASURES]
    return [reverse(first, args=of), *measures, *(reverse(f"{first}_{part}", args=of) for part in PARTS)]


def every_page(client, asked=None, kept=None) -> str:
    """One after the other, as the person who is signed in sees them."""
    pages = [client.get(address, asked or {}) for address in addresses(kept)]
    assert all(page.status_code == 200 for page in pages)
    return "".join(page.content.decode() for page in pages)


def text_of(page) -> str:
    """What a reader hears of a page, or of the main part of a response, with usual spaces and dashes."""
    html = page if isinstance(page, str) else page.content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u2060", "").split())


def figures(html: str) -> list[str]:
    """What the pages say below their headers and forms."""
    return re.findall(r'<div class="audit">.*?</main>', html, re.DOTALL)
