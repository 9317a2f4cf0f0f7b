"""Several things in one sentence, in the reader's language."""

from collections.abc import Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext


def listed(items: Iterable[object]) -> str:
    return _comma().join(str(one) for one in items)


def listed_names(names: Iterable[str]) -> SafeString:
    """For a page: each name keeps its own direction."""
    return format_html_join(_comma(), "<bdi>{}</bdi>", ((name,) for name in names))


def either(alternatives: Iterable[object]) -> str:
    # Translators: between the alternatives of a list.
    return pgettext("list of alternatives", " or ").join(str(one) for one in alternatives)


def _comma() -> str:
    return pgettext("between items", ",") + " "
