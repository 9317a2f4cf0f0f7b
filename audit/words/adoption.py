"""What a clinic adopted, and what each version changed, in words."""

from django.utils.translation import gettext as _

from audit.adopted import Tolerance, judging_figures
from audit.models import Adoption
from audit.reference import ReferenceFigure
from audit.words.figures import tolerance
from audit.words.names import measure_name, reference_set_name
from audit.words.numerals import isolate, points
from audit.words.several import source_name


def change(adoption: Adoption) -> str:
    """The one thing that the version changed."""
    if adoption.figure:
        return _tolerance(adoption)
    if adoption.withdraws is not None:
        return _("Figure withdrawn: %(label)s") % {"label": isolate(adoption.withdraws.label)}
    if hasattr(adoption, "adds"):
        return _("Figure added: %(label)s") % {"label": isolate(adoption.adds.label)}
    return _("Set adopted: %(set)s") % {"set": reference_set_name(adoption.reference_set)}


def adopted_tolerance(figure: ReferenceFigure, taken: Tolerance | None) -> str:
    if taken is None:
        return tolerance(figure.tolerance)
    return _("%(tolerance)s, instead of %(usual)s: %(reason)s") % {
        "tolerance": tolerance(taken.value),
        "usual": points(figure.tolerance),
        "reason": isolate(taken.reason),
    }


def _tolerance(adoption: Adoption) -> str:
    said = {"figure": _figure(adoption.figure)}
    if adoption.tolerance is None:
        return _("%(figure)s: its own tolerance again") % said
    return _("%(figure)s: %(tolerance)s") % {**said, "tolerance": tolerance(float(adoption.tolerance))}


def _figure(name: str) -> str:
    """A figure that its file does not hold any more keeps its name."""
    known = judging_figures()
    if name not in known:
        return isolate(name)
    _set, figure = known[name]
    return _("%(measure)s, %(source)s") % {
        "measure": measure_name(figure.measure),
        "source": source_name(figure),
    }
