"""Doubts on a form: an unusual answer, asked about where it stands, with "This is right" beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caselog.services.doubts import Confirmed, Doubt

_TICKED, _REASON = "confirm.", "reason."


@dataclass(frozen=True)
class Check:
    """A doubt on the page, and what was said to it so far."""

    doubt: Doubt
    said: Confirmed | None
    name: str = ""  # of the question where it is asked; blank when none of them is on the form

    @property
    def ticked(self) -> bool:
        return self.said is not None and self.said.about == self.doubt.about

    @property
    def id(self) -> str:
        return f"id_{_TICKED}{self.doubt.code}"


def reasons(data: Mapping[str, Any]) -> dict[str, str]:
    """Why answers are right, as it was typed and whether or not it was ticked, by the doubt's code."""
    typed = {name.removeprefix(_REASON): data[name].strip() for name in data if name.startswith(_REASON)}
    return {code: reason for code, reason in typed.items() if reason}


def confirmed(data: Mapping[str, Any]) -> dict[str, Confirmed]:
    """What was ticked, by the doubt's code."""
    codes = [name.removeprefix(_TICKED) for name in data if name.startswith(_TICKED)]
    return {code: Confirmed(data[_TICKED + code], data.get(_REASON + code, "").strip()) for code in codes}
