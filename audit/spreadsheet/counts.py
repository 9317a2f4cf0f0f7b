"""How many sperm a row of a spreadsheet says, beside what it says was found."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from audit.spreadsheet.rules import Problem
from caselog.choices import RETRIEVED, CountCategory, Side, SpermFound
from caselog.dictionary import Answers


def contradictions(answers: Answers) -> Iterator[Problem]:
    """None found has no count but 0, and 0 is no count of what was found."""
    for side in Side:
        count, found = answers.get(f"{side}_count_category"), answers.get(f"{side}_sperm_found")
        counted = count not in (None, "", CountCategory.ZERO)
        if (counted and found in (SpermFound.NONE, SpermFound.NOT_SAMPLED)) or (
            count == CountCategory.ZERO and found in RETRIEVED
        ):
            yield Problem(
                f"{side}_count_category",
                str(count),
                _("disagrees with what was found on this side"),
                _("correct one of them"),
            )
