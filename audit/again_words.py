"""What differs between a kept audit and the same one of today, in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from audit import words
from audit.again import Differing
from audit.api.shapes import WORDS
from audit.behind import KEY

_BESIDE = {
    "overlaps": pgettext_lazy("part of an audit", "the groups that overlap"),
    "mix": pgettext_lazy("part of an audit", "the case mix"),
    "adjusted": pgettext_lazy("part of an audit", "the figures adjusted for the case mix"),
    "over_time": pgettext_lazy("part of an audit", "the order of time"),
    "tested": pgettext_lazy("part of an audit", "whether the groups differ in “%(measure)s”"),
    "quality": pgettext_lazy("part of an audit", "what the figures rest on"),
    "cells_judged": pgettext_lazy("part of an audit", "how many rates are judged"),
    "expected_false_below": pgettext_lazy("part of an audit", "what chance alone would give"),
}


def then_and_now(differing: Differing) -> tuple[list[str], list[str]]:
    """The rate of both, and what else is said otherwise."""
    then, now = _sentences(differing.then), _sentences(differing.now)
    if then == now:
        return then[:1], [*now[:1], _("The same in words, of other cases.")]
    return (
        [said for place, said in enumerate(then) if place == 0 or said not in now],
        [said for place, said in enumerate(now) if place == 0 or said not in then],
    )


def beside(names: tuple[str, ...]) -> str:
    """What else differs, beside the measures."""
    # Translators: between the items of a list.
    return pgettext("list", ", ").join(map(_named, names))


def _named(name: str) -> str:
    part, _key, measure = name.partition(KEY)
    if measure:
        return str(_BESIDE[part]) % {"measure": words.measure_name(measure)}
    return str(_BESIDE.get(name) or words.measure_name(name))


def _sentences(result: Any) -> list[str]:
    if result is None:
        return [_("not measured")]
    said = [say(result) for name, say in WORDS[type(result)].items() if name != "measure"]
    return [one for each in said for one in ([each] if isinstance(each, str) else each) if one]
