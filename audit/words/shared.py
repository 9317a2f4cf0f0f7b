"""What may leave the clinic, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from audit import catalogue
from audit.disclosure.results import Shared, SharedLine, SharedRate
from audit.results import Comparison, Unit
from audit.words.groupings import group_name
from audit.words.groups import both_arms
from audit.words.lines import answer_name, rate_of
from audit.words.names import filter_name, measure_name, narrowed_by, usual_filters
from audit.words.rates import rate, verdict

STAR = "*"


def suppressed() -> str:
    return _("suppressed: fewer than 8, or it would give such a count away")


def shared_count(count: int | None) -> int | str:
    return STAR if count is None else count


def shared_rate(one: SharedRate) -> str:
    if one.judged:
        return rate(one.judged[0])
    said = _("%(found)s of %(known)s") % {
        "found": shared_count(one.found),
        "known": shared_count(one.known),
    }
    return _("%(counts)s, %(why)s") % {"counts": said, "why": suppressed()}


def shared_verdict(one: SharedRate, judged: Comparison | None) -> str:
    """judged: the rate beside one of its references; None where it is suppressed."""
    if judged is None:
        return _("No verdict: %(reason)s") % {"reason": suppressed()}
    if judged.pending_decides:
        return _("Not enough cases (results pending: %(n)s)") % {"n": shared_count(one.pending)}
    return verdict(judged)


def shared_pending(one: SharedRate) -> str:
    if one.pending == 0:
        return ""
    return _("Results pending: %(n)s") % {"n": shared_count(one.pending)}


def shared_difference(shared: Shared) -> str:
    found = shared.difference
    if shared.filters.unit is not Unit.MAN:
        return _("Only of men: count men to see it.")
    if found is None:
        if any(one.known == 0 for one in shared.rates if one.measure in ("micro_noa", "conventional_noa")):
            return _("Cannot be computed: it needs men with a final result in both groups")
        return suppressed()
    said = _(
        "micro-TESE %(micro)s, conventional TESE %(conventional)s: "
        "%(estimate)s points (%(lower)s to %(upper)s, Newcombe), of rounded counts"
    )
    return said % both_arms(found)


def shared_group(line: SharedLine) -> str:
    return group_name(line.by, line.group)


def shared_what(line: SharedLine) -> str:
    return answer_name(line.measure, line.answer) if line.answer else measure_name(line.measure)


def shared_share(line: SharedLine) -> str:
    """The percentage with its interval, or why there is none."""
    if line.found is None or line.known is None:
        return suppressed()
    if not line.known:
        return _("no final result yet") if not line.answer else _("nobody of whom it is known")
    return rate_of(line.found, line.known, line.interval)


def shared_filters(shared: Shared) -> list[tuple[str, str]]:
    said = usual_filters(shared.filters) + narrowed_by(shared.filters)
    if shared.one_surgeon:
        said.append((filter_name("surgeon"), _("one, who is not named")))
    return said


def shared_filters_said(shared: Shared) -> list[str]:
    said = shared_filters(shared)
    return [_("%(name)s: %(value)s") % {"name": name, "value": value} for name, value in said]


def shared_rules(_shared: Shared | None = None) -> list[str]:
    """What a reader of a shared file has to know of its figures."""
    return [
        _("This is disclosure-controlled: it may leave the clinic."),
        _("%(star)s: %(why)s.") % {"star": STAR, "why": suppressed()},
        _("Other counts are rounded to 5."),
        _("Percentages, intervals and verdicts are made of the rounded counts."),
        _("0 is a result and is shown."),
        _("No case, no name and nothing that somebody typed is in it."),
    ]


def shared_beside(one: SharedRate) -> list[Comparison | None]:
    """The rate beside each of its references."""
    return [*one.judged] or [None]


def shared_by_measure(lines: Iterable[SharedLine]) -> list[tuple[str, list[SharedLine]]]:
    """The name of each measure with its lines."""
    tables: dict[str, list[SharedLine]] = {}
    for line in lines:
        tables.setdefault(measure_name(shared_measure(line)), []).append(line)
    return list(tables.items())


def shared_measure(line: SharedLine) -> str:
    """The definition that a line is of."""
    return line.measure if line.answer else catalogue.stratum_id(line.by)


def shared_sentences(shared: Shared) -> dict[str, list[str]]:
    """Every line in words, by measure."""
    said: dict[str, list[str]] = {}
    for one in shared.rates:
        verdicts = [shared_verdict(one, beside) for beside in shared_beside(one)]
        said[one.measure] = list(filter(None, [shared_rate(one), *verdicts, shared_pending(one)]))
    for line in (*shared.strata, *shared.shares):
        counts = {"n": shared_count(line.found), "of": shared_count(line.known)}
        told = _("%(counts)s, %(why)s") % {"counts": _("%(n)s of %(of)s") % counts, "why": shared_share(line)}
        named = {"group": shared_group(line), "what": shared_what(line), "told": told}
        said.setdefault(shared_measure(line), []).append(_("%(group)s, %(what)s: %(told)s") % named)
    return said
