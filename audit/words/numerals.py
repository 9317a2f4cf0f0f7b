"""Numbers as text: ASCII digits in every language, in an order that a right-to-left line keeps."""

import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import isinf

from django.utils.translation import get_language_bidi

from audit.statistics import Interval
from audit.statistics.verdict import EDGE

MOST_DIGITS = 6
NO_BREAK_SPACE, WORD_JOINER = "\u00a0", "\u2060"
FSI, PDI = "\u2068", "\u2069"
# Latin words, numbers and the signs between them. A line of Arabic would turn 44–69 round.
_LATIN_RUN = re.compile(r"[<>≥≤±+−]?[A-Za-z0-9](?:[A-Za-z0-9.,;:/<>=÷±+−–\-%\u00a0\u2060 ]*[A-Za-z0-9%])?")


def isolate(text: str) -> str:
    """`text`, which reads from left to right, safe to stand in a sentence of the present language."""
    return f"{FSI}{text}{PDI}" if text and get_language_bidi() else text


def isolate_runs(sentence: str) -> str:
    """A stored sentence with each of its left-to-right runs isolated."""
    return _LATIN_RUN.sub(lambda run: isolate(run.group()), sentence) if get_language_bidi() else sentence


def unbroken(sentence: str) -> str:
    """A number stays on one line with its percent sign, a range with its end: a dash invites a break."""
    return re.sub(r"(?<=\d)–(?=[\d<>∞])", f"–{WORD_JOINER}", sentence.replace(" %", f"{NO_BREAK_SPACE}%"))


def percent(fraction: float, digits: int = 0) -> str:
    """57 %. Never 0 % for what is not zero, nor 100 % for what is not all."""
    return isolate(unbroken(f"{_percent(fraction, digits)} %"))


def excluded_under(limit: float, edges: Iterable[float]) -> str:
    """The limit under which rates are excluded, rounded down so that no more is claimed than holds."""
    return _outward(limit, edges, ROUND_FLOOR)


def excluded_over(limit: float, edges: Iterable[float]) -> str:
    return _outward(limit, edges, ROUND_CEILING)


def interval(limits: Interval, digits: int = 0) -> str:
    """44–69 %; one number where both limits are the same."""
    lower, upper = _percent(limits.lower, digits), _percent(limits.upper, digits)
    return isolate(unbroken(f"{lower} %" if limits.lower == limits.upper else f"{lower}–{upper} %"))


def signed(fraction: float) -> str:
    """Percentage points with their sign: +19, −4."""
    return isolate(_signed(fraction))


def points(fraction: float) -> str:
    """A tolerance: ±10."""
    return isolate(f"±{100 * fraction:.4g}")


def times(ratio: float) -> str:
    return isolate(_times(ratio))


def times_interval(limits: Interval) -> str:
    return isolate(unbroken(f"{_times(limits.lower)}–{_times(limits.upper)}"))


def decimal(value: float) -> str:
    """A measured value, to a tenth: 12.5, 120."""
    return isolate(_decimal(value))


def span(lower: float, upper: float) -> str:
    return isolate(unbroken(f"{_decimal(lower)}–{_decimal(upper)}"))


def men(difference: float) -> str:
    """How many more or fewer, to a tenth, with its sign: +1.2, −3.0, 0.0."""
    shown = f"{difference:+.1f}"
    return isolate("0.0" if float(shown) == 0 else shown.replace("-", "−"))


def score(value: float) -> str:
    """Of a CUSUM, to a hundredth."""
    return isolate(f"{value:.2f}")


def p_value(p: float) -> str:
    return isolate("p < 0.001" if p < 0.001 else f"p = {p:.3f}")


def _decimal(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _percent(fraction: float, digits: int) -> str:
    shown = f"{100 * fraction:.{digits}f}"
    if fraction > 0 and float(shown) == 0:
        return f"<{10**-digits:.{digits}f}"
    if fraction < 1 and float(shown) == 100:
        return f">{100 - 10**-digits:.{digits}f}"
    return shown


def _outward(limit: float, edges: Iterable[float], rounding: str) -> str:
    """With as many digits as show that the limit is not an edge: 59.8 % beside 60 %."""
    marks = {_hundredfold(edge) for edge in (0.0, 1.0, *edges) if abs(edge - limit) > EDGE}
    for digits in range(MOST_DIGITS + 1):
        shown = _hundredfold(limit).quantize(Decimal(1).scaleb(-digits), rounding)
        if shown not in marks:
            break
    return isolate(unbroken(f"{shown:f} %"))


def _hundredfold(fraction: float) -> Decimal:
    return Decimal(str(fraction)).scaleb(2)  # the shortest decimal, so that 0.29 is 29 and not less


def _signed(fraction: float) -> str:
    shown = f"{100 * fraction:+.0f}"
    return "0" if float(shown) == 0 else shown.replace("-", "−")


def _times(ratio: float) -> str:
    if isinf(ratio):
        return "∞"
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.3g}" if ratio >= 10 else f"{ratio:.2g}"
