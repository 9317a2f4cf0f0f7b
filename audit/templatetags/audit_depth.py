"""One rate in depth, and the addresses of the audit's pages, for the templates."""

from collections.abc import Iterator
from typing import Any

from django import template

from audit import published
from audit.charts import forest, testosterone
from audit.web import views
from audit.words import depth, numerals
from audit.words.lines import Said

register = template.Library()
register.filter(depth.bounds)
register.filter(numerals.p_value)
register.filter(depth.group_test_name)
register.filter(depth.q_value)
register.filter("published_in_words", depth.published)
register.filter(depth.published_tests)
register.filter(depth.published_interval)
register.filter("ratio_chart", forest.ratio_row)
register.filter("testosterone_plot", testosterone.plot)
register.filter(published.explained_on)


@register.filter
def line_chart(row: Said) -> forest.Forest | None:
    return forest.line_row(row.n, row.of, row.interval) if row.interval else None


@register.simple_tag(takes_context=True)
def audit_page(context, name: str, *args) -> str:
    """The address of a page about these cases: today's under the same filters, or that of a kept audit."""
    return views.address(name, *args, **_whose(context))


@register.simple_tag(takes_context=True)
def audit_over_time(context, measure: str) -> str:
    return views.over_time(measure, **_whose(context))


@register.simple_tag(takes_context=True)
def audit_pages(context) -> Iterator[tuple[str, str, bool]]:
    """The pages that this one offers: name, address, and whether it is this one."""
    if kept := context.get("kept"):
        return views.of_kept(context["here"], kept.pk)
    return views.others(context["here"], context["query"])


def _whose(context) -> dict[str, Any]:
    return {"kept": context.get("kept"), "query": context.get("query", "")}
