"""The names of the groups of `audit.groupings`."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from audit.groupings import DIFFERS
from audit.results import QUARTER, Part
from audit.words.names import part_name, procedure_name
from audit.words.numerals import isolate
from caselog.choices import Aetiology, AzoospermiaType, HistologyPattern, PriorRetrieval

_VOCABULARIES = {
    "primary_aetiology": Aetiology,
    "azoospermia_type": AzoospermiaType,
    "diagnosis": AzoospermiaType,
    "histology": HistologyPattern,
    "prior_retrieval": PriorRetrieval,
}
_OTHERS = {
    ("diagnosis", "klinefelter"): _lazy("Klinefelter syndrome"),
    ("diagnosis", AzoospermiaType.NON_OBSTRUCTIVE): _lazy("Non-obstructive, not Klinefelter"),
    ("klinefelter", "yes"): _lazy("Klinefelter syndrome"),
    ("klinefelter", "no"): _lazy("Not Klinefelter"),
    ("klinefelter", Part.NOT_TESTED): _lazy("Not tested or unknown"),
    ("histology", DIFFERS): _lazy("Different in the two testes"),
}


def grouping_name(by: str) -> str:
    names = {
        "procedure": _("Procedure"),
        "finding": _("Finding"),
        "diagnosis": _("Diagnosis"),
        "azoospermia_type": _("Type of azoospermia"),
        "primary_aetiology": _("Primary cause"),
        "klinefelter": _("Klinefelter syndrome"),
        "histology": _("Histology"),
        "prior_retrieval": _("Earlier attempt"),
        "attempt_number": _("Attempt"),
        "year": _("Year of the operation"),
        QUARTER: _("Quarter"),
    }
    return names.get(by, "")


def group_name(by: str, code: str) -> str:
    """Of a group of which the vocabulary knows nothing, such as a spreadsheet's histology, the code."""
    if not by:
        return _("All")
    if by == "procedure":
        return procedure_name(code)
    if not code:
        return pgettext("answer", "not recorded")
    if by == "finding":
        return part_name(Part(code))
    if by == "attempt_number":
        return _("Attempt %(n)s") % {"n": code}
    if by == "year":
        return isolate(code)
    if by == QUARTER:
        year, _q, number = code.partition("-Q")
        return _("quarter %(number)s of %(year)s") % {"number": number, "year": isolate(year)}
    if (by, code) in _OTHERS:
        return str(_OTHERS[by, code])
    vocabulary = _VOCABULARIES[by]
    return str(vocabulary(code).label) if code in vocabulary.values else isolate(code)
