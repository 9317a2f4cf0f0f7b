"""Two people's answers to one form, put together by what both of them had read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import models

from caselog import dictionary
from caselog.dictionary import Answers, Entry
from caselog.services.errors import Stale

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Base:
    """What a person had read before they typed: each answer as text, a blank one left out.

    as_stored: questions of which they said that the stored answer stands, whatever they typed.
    """

    texts: Texts
    as_stored: frozenset[str] = field(default=frozenset())


class Conflict(Stale):
    """Two people answered the same questions differently; nothing was saved."""

    def __init__(self, message, *, names: list[str], theirs: Answers, version: int):
        super().__init__(message)
        self.names, self.theirs, self.version = names, theirs, version


def turn(
    part: list[Entry],
    *,
    mine: Answers,
    theirs: Answers,
    base: Base | None,
    version: int | None,
    stored_version: int,
    message: str,
) -> dict[str, Any]:
    """The answers to save over the stored ones, `theirs`, which the caller holds locked.

    With a base, what only one of the two changed is as they left it. Without one, a version that
    is not the stored one saves nothing. Raises Conflict.
    """
    if version not in (None, stored_version):
        names = differing(part, mine, theirs)
        raise Conflict(message, names=names, theirs=theirs, version=stored_version)
    if base is None:
        return dict(mine)
    together, names = merged(part, base=base, mine=mine, theirs=theirs)
    if names:
        raise Conflict(message, names=names, theirs=theirs, version=stored_version)
    return together


def merged(
    part: list[Entry], *, base: Base, mine: Answers, theirs: Answers
) -> tuple[dict[str, Any], list[str]]:
    """The answers of both, and the questions on which they disagree."""
    together, disputed = dict(theirs), set()
    changed_by_me, changed_by_them = set(), set()
    for entry in part:
        name = entry.name
        read = base.texts.get(name, "")
        if as_text(theirs.get(name)) != read:
            changed_by_them.add(name)
        if name in base.as_stored or as_text(mine.get(name)) == read:
            continue
        changed_by_me.add(name)
        together[name] = mine.get(name)
        if name in changed_by_them and as_text(mine.get(name)) != as_text(theirs.get(name)):
            disputed.add(name)
    disputed |= _orphaned(part, together, mine, changed_by_me) | _orphaned(
        part, together, theirs, changed_by_them
    )
    disputed = _with_causes(part, disputed, mine, theirs)
    # What the part does not ask, such as a form's own fields, is of the person who saves.
    known = {entry.name for entry in part}
    together |= {name: value for name, value in mine.items() if name not in known}
    return together, [entry.name for entry in part if entry.name in disputed]


def differing(part: list[Entry], mine: Answers, theirs: Answers) -> list[str]:
    return [e.name for e in part if as_text(mine.get(e.name)) != as_text(theirs.get(e.name))]


def texts(part: list[Entry], answers: Answers) -> dict[str, str]:
    """Answers as a page carries them to tell later what was read."""
    found = {entry.name: as_text(answers.get(entry.name)) for entry in part}
    return {name: text for name, text in found.items() if text}


def as_text(value: Any) -> str:
    """One text for one answer, however it came: 120, 120.00 and "120 " are the same."""
    if dictionary.is_blank(value):
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list):
        return ",".join(sorted(str(one) for one in value))
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()


def _orphaned(part: list[Entry], together: Answers, source: Answers, changed: set[str]) -> set[str]:
    """What one person answered, and the other one's answer to another question no longer asks."""
    before = dictionary.without_inapplicable(source, part)
    after = dictionary.without_inapplicable(together, part)
    return {
        name
        for name in changed
        if name in before and name not in after and not dictionary.is_blank(before[name])
    }


def _with_causes(part: list[Entry], disputed: set[str], mine: Answers, theirs: Answers) -> set[str]:
    """An answer is no longer asked because of another one: both are to be decided together."""
    entries = {entry.name: entry for entry in part}
    found = set(disputed)
    for name in disputed:
        condition = entries[name].condition
        while condition is not None and condition.parent in entries:
            parent = condition.parent
            if as_text(mine.get(parent)) != as_text(theirs.get(parent)):
                found.add(parent)
            condition = entries[parent].condition
    return found
