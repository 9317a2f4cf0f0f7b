"""One rate in the order of time, for the templates."""

from django import template

from audit.charts.over_time import MARKED
from audit.results import Quarter, Series
from audit.words import group_name, over_time, rates

register = template.Library()

for say in (
    over_time.awaited,
    over_time.balance,
    over_time.limits,
    over_time.no_points,
    over_time.quarter_remarks,
    over_time.quarter_value,
    over_time.signals,
):
    register.filter(say.__name__, say)


@register.filter
def quarter_name(quarter: Quarter) -> str:
    return group_name(quarter.by, quarter.group)


@register.filter
def counted(series: Series) -> str:
    return rates.counted_in(series.unit, series.found, series.known)


@register.filter
def few_marks(series: Series) -> bool:
    return len(series.points) > MARKED
