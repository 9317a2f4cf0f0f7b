"""How much of what should be answered is answered.

What should be answered grows with the other answers, so a question that does not apply is not missing.
"""

from collections.abc import Collection
from dataclasses import dataclass

from caselog import dictionary
from caselog.choices import OperationStatus
from caselog.dictionary import Answers, Entry, is_blank


@dataclass(frozen=True)
class Completeness:
    """Of one case. An answer in doubt that nobody confirmed is expected, and is not an answer yet."""

    expected: tuple[Entry, ...]
    missing: tuple[Entry, ...]
    doubtful: tuple[Entry, ...]

    @property
    def answered(self) -> int:
        return len(self.expected) - len(self.missing) - len(self.doubtful)

    @property
    def is_complete(self) -> bool:
        return self.answered == len(self.expected)


def parts_of(answers: Answers, *, laboratory: bool) -> list[Entry]:
    """The laboratory owes nothing on what was not performed, nor, as an audit sees it, before its report
    is final.
    """
    owes = laboratory and answers.get("status") == OperationStatus.PERFORMED
    return [*dictionary.OPERATION, *(dictionary.LABORATORY if owes else [])]


def of_answers(answers: Answers, part: list[Entry], doubtful: Collection[str] = ()) -> Completeness:
    """doubtful: names of the answers in doubt, those of optional questions too."""
    required = dictionary.expected(answers, part)
    missing = dictionary.missing(answers, part)
    in_doubt = [entry for entry in part if entry.name in doubtful and not is_blank(answers.get(entry.name))]
    names = {entry.name for entry in [*required, *in_doubt]}
    return Completeness(
        expected=tuple(entry for entry in part if entry.name in names),
        missing=tuple(missing),
        doubtful=tuple(in_doubt),
    )
