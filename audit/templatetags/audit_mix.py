"""Figures adjusted for the case mix, as the page shows them."""

from django import template

from audit import words
from audit.charts import case_mix

register = template.Library()

for say in (
    words.adjusted.awaited,
    words.adjusted.difference,
    words.adjusted.expected,
    words.adjusted.expected_range,
    words.adjusted.in_one_sentence,
    words.adjusted.judgement,
    words.adjusted.level,
    words.adjusted.other_men,
    words.adjusted.ratio,
    words.adjusted.set_of,
    words.adjusted.taken,
    words.adjusted.without_figure,
):
    register.filter(f"adjusted_{say.__name__}", say)  # others are called so too
register.filter("adjusted_axis", case_mix.axis)
register.filter("adjusted_chart", case_mix.row)
register.simple_tag(words.adjusted.not_adjusted_for)
