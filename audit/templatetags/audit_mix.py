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
    words.adjusted.judgement,
    words.adjusted.other_men,
    words.adjusted.ratio,
    words.adjusted.set_of,
    words.adjusted.taken,
    words.adjusted.without_figure,
):
    register.filter(say)
register.filter("adjusted_in_one_sentence", words.adjusted.in_one_sentence)
register.filter("adjusted_axis", case_mix.axis)
register.filter("adjusted_chart", case_mix.row)
register.simple_tag(words.adjusted.not_adjusted_for)
