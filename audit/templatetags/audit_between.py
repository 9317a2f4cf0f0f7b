"""`audit.words.between` for the page of clinics and surgeons side by side."""

from django import template

from audit.between import Funnel, Point
from audit.words import between

register = template.Library()
register.filter(between.point_rate)
register.filter(between.awaited)
register.filter(between.q_value)
register.filter(between.expected_outside)
register.filter(between.hidden)
register.filter("funnel_target", between.target)
register.filter("funnel_title", between.title)


@register.filter
def who(point: Point, funnel: Funnel) -> str:
    return between.who(point, funnel.side)


@register.filter
def standing(point: Point, funnel: Funnel) -> str:
    return between.standing(point, funnel.coverage)
