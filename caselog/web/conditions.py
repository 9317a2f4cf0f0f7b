"""Which questions show, as a stylesheet: conditional questions come and go with JavaScript off too.

Made from the dictionary alone. Every rule hides, so that a browser without `:has()` drops them
all and shows every question.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse

from caselog.dictionary import FORMS, Entry
from caselog.forms.answers import asked_while_blank
from caselog.forms.operation import INFERENCES


@cache
def stylesheet() -> str:
    return "\n".join(rule for part, asked in FORMS.items() for entry in asked for rule in _rules(entry, part))


@cache
def fingerprint() -> str:
    return sha256(stylesheet().encode()).hexdigest()[:12]


def conditions_css(_request: HttpRequest, version: str) -> HttpResponse:
    """Holds no data and changes with the program only, so browsers keep it; not behind the sign-in."""
    if version != fingerprint():
        raise Http404
    return HttpResponse(
        stylesheet(),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def _rules(entry: Entry, part: str) -> Iterator[str]:
    """One rule for each condition on the way up: a question goes when its parent's question goes.

    A form names its part, only the operation's does not. A mistake is never hidden.
    """
    entries = {one.name: one for one in FORMS[part]}
    form = "form:not([data-part])" if part == "operation" else f'form[data-part="{part}"]'
    asked: Entry | None = entry
    while asked is not None and asked.condition is not None:
        parent = asked.condition.parent
        if parent not in entries:  # of another part, answered before this form is opened
            return
        holds = ", ".join(_chosen(parent, value) for value in asked.condition.values)
        unless = f":not(:has({holds}))"
        if asked_while_blank(asked, INFERENCES):
            unless += f":has({_chosen(parent)})"
        question = f':is([data-question="{entry.name}"], [data-asked-with="{entry.name}"])'
        yield f"{form}{unless} {question}:not(.field-invalid, :has(.field-invalid)) {{ display: none }}"
        asked = entries.get(parent)


def _chosen(name: str, value: str = "") -> str:
    """The answer is chosen, by radio or in a select; without a value, any answer but blank."""
    which = f'[value="{value}"]' if value else ':not([value=""])'
    return f'[name="{name}"]{which}:checked, [name="{name}"] option{which}:checked'
