"""Which cases of a period an audit is about: one rule, in SQL and for answers in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _


class Attempts(TextChoices):
    FIRST = "first", _("First attempt")
    LATER = "later", _("Later attempts")


class _Rule(NamedTuple):
    in_sql: Callable[[Any], Q]
    of_answers: Callable[[Mapping[str, Any], Any], bool]


def _same(name: str) -> _Rule:
    return _Rule(lambda value: Q(**{name: value}), lambda answers, value: answers[name] == value)


def _of_attempts(answers: Mapping[str, Any], attempts: str) -> bool:
    number = answers["attempt_number"]
    return number is not None and (number == 1) == (attempts == Attempts.FIRST)


RULES = {
    "surgeon": _same("surgeon"),
    # One that was combined with others too: the audit counts it as left out, with the reason.
    "procedure": _Rule(
        lambda code: Q(procedure=code) | Q(preceding_procedures__contains=code),
        lambda answers, code: code in (answers["procedure"], *answers["preceding_procedures"]),
    ),
    "azoospermia_type": _same("azoospermia_type"),
    "primary_aetiology": _same("primary_aetiology"),
    "attempt": _Rule(
        lambda attempts: Q(attempt_number=1) if attempts == Attempts.FIRST else Q(attempt_number__gt=1),
        _of_attempts,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """By answers of the data dictionary; None and "" choose every case.

    A case without the answer is not chosen by it: what is not recorded is nobody's first attempt.
    """

    surgeon: int | None = None
    procedure: str = ""
    azoospermia_type: str = ""
    primary_aetiology: str = ""
    attempt: str = ""  # of Attempts

    @property
    def narrowed_by(self) -> dict[str, Any]:
        """What was chosen, by the filter's name."""
        return {name: value for name in RULES if (value := getattr(self, name))}

    @property
    def in_sql(self) -> Q:
        """For a query of cases."""
        return Q(*(RULES[name].in_sql(value) for name, value in self.narrowed_by.items()))

    def chooses(self, answers: Mapping[str, Any]) -> bool:
        """Of the answers of one case, by the fields' names."""
        return all(RULES[name].of_answers(answers, value) for name, value in self.narrowed_by.items())


EVERY_CASE = Selection()
