"""A form that somebody opened: what they read then, what they typed, and whose answer stands in the end.

A view makes an `Editing`, hangs its form on it and puts components/opened.html into the form. Two
people at one record, a form sent twice and a form that is gone on with later are settled here.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, TypeVar, cast
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from caselog.dictionary import Answers, Entry
from caselog.forms.answers import AnswersForm, Question
from caselog.forms.typed import as_typed
from caselog.models import Case
from caselog.services import merging, receipts
from caselog.services.authors import Author, last_authors
from caselog.services.errors import Doubtful, Refused
from caselog.services.merging import Base, Conflict
from caselog.web import drafts, left_over, summary

Form = TypeVar("Form", bound=AnswersForm)
MINE, THEIRS = "mine", "theirs"
BOTH_ANSWERED = gettext_lazy(
    "Nothing of yours is lost: what you typed is still here, and what they saved is kept. "
    "Choose one of the two answers in each line, then save again."
)
_UNCHOSEN = gettext_lazy("Choose one of the two answers in each line, then save again.")
_NOT_SENT = ("csrfmiddlewaretoken", "page", "draft_version")


@dataclass(frozen=True)
class Dispute:
    """One question that two people answered differently."""

    question: Question
    theirs: str
    mine: str
    author: Author | None
    chosen: str


class Editing:
    """One opened form.

    stored: the answers as they stand, which the person reads when the form is opened, and
    version: of their record; neither for a new one.
    """

    def __init__(
        self,
        request,
        part: list[Entry],
        *,
        case: Case | None = None,
        stored: Answers | None = None,
        version: int | None = None,
    ):
        self.request, self.part, self.case = request, part, case
        self.form: Any = None
        self.left_over: list[left_over.LeftOver] = []
        self.stored: Answers = stored or {}
        self.page = drafts.opened(request)
        self.sent = bool(request.POST)
        draft = None if self.sent else drafts.resumed(request)
        self.resumed = draft is not None
        self.refusal: Refused | None = None
        self.draft_version = draft.version if draft else drafts.version_of(self.page) if self.sent else 0
        # What the form is filled in with; None for a form that starts anew.
        self.data: QueryDict | None = request.POST if self.sent else drafts.typed(draft) if draft else None
        if self.data is None:
            self.version, self.texts = version, None if stored is None else merging.texts(part, stored)
            self.disputed: list[str] = []
        else:
            self.version, self.texts = posted_version(self.data), texts_of(self.data)
            known = {entry.name for entry in part}
            self.disputed = [name for name in self.data.getlist("disputed") if name in known]

    def fill(self, form: Form) -> Form:
        """Hang the form on it. What is gone on with is not judged before it is sent."""
        self.form = form
        self.left_over = left_over.of(form, self.texts or {})
        if self.resumed:
            form.is_valid()
            form.errors.clear()
        return form

    @property
    def read(self) -> dict[str, Any]:
        """For the service: what was read, so that nobody else's answer is lost."""
        if self.texts is None:
            return {"version": self.version}
        as_stored = frozenset(name for name in self.disputed if self._chosen(name) == THEIRS)
        return {"base": Base(self.texts, as_stored)}

    def save(self, save: Callable[[], models.Model], *, creates: bool = False) -> int:
        """The primary key of the record that is saved, once however often this form is sent.

        Raises what `save` does, Conflict while a choice is missing, left_over.NotAgreed, and
        receipts.SentBefore.
        """
        if any(not self._chosen(name) for name in self.disputed):
            raise self._undecided()
        return receipts.once(
            by=self.request.user,
            key=self.page.key,
            sent=self._fingerprint(),
            creates=creates,
            save=lambda: self._knowingly(save),
        )

    @contextmanager
    def telling(self, now: Callable[[], tuple[Answers, int] | None] = lambda: None) -> Iterator[None]:
        """What keeps the form from being saved inside stands in it afterwards.

        now: the answers and the version that are stored. What others changed meanwhile is shown before
        the person puts something right; nothing of a record that is new, or gone.
        """
        try:
            yield
        except ValidationError as error:
            self._show_changes(now())
            self.form.refuse(error)
        except Doubtful as doubtful:
            self._show_changes(now())
            self.form.doubt(doubtful.doubts)
        except Conflict as conflict:
            self.show(conflict)
        except Refused as refused:
            self.refusal = refused
            self.form.add_error(None, refused.message)

    def show(self, conflict: Conflict) -> None:
        """Let the person see both answers and choose; what only the other one changed is filled in."""
        self._catch_up(conflict.theirs, conflict.version, disputed=conflict.names)
        self.form.add_error(None, conflict.message)
        if self.disputed:
            self.form.add_error(None, BOTH_ANSWERED)

    def _show_changes(self, now: tuple[Answers, int] | None) -> None:
        if now and self.texts is not None and now[1] != self.version and not self.disputed:
            self._catch_up(*now, disputed=[])

    def renew(self) -> None:
        """Send the form as another one from now on."""
        self.page = replace(self.page, key=uuid4())
        self.draft_version = 0

    def go_on_at(self, case: Case, *, path: str, stored: Answers, message: str) -> None:
        """The form made this case before and was changed since: let the person choose what stands."""
        self.renew()
        self.case, self.page, self.texts = case, replace(self.page, path=path), None
        names = merging.differing(self.part, self.form.answers, stored)
        self.show(Conflict(message, names=names, theirs=stored, version=case.version))

    @property
    def base(self) -> str:
        return "" if self.texts is None else json.dumps(self.texts, ensure_ascii=False, sort_keys=True)

    @cached_property
    def unfinished(self):
        """What else the person typed in this form and did not save; offered when it is opened anew."""
        found = [] if self.sent or self.resumed else drafts.unfinished(self.request)
        return [(draft, drafts.address(draft), _name(draft)) for draft in found]

    @cached_property
    def disputes(self) -> list[Dispute]:
        names = [name for name in self.disputed if name in self.form.fields]
        entries = {entry.name: entry for entry in self.part}
        authors = last_authors(self.case, [entries[name] for name in names]) if self.case and names else {}
        answers = self.form.answers
        return [
            Dispute(
                question=self.form.question(name),
                theirs=summary.shown(entries[name], self.stored.get(name)),
                mine=summary.shown(entries[name], answers.get(name)),
                author=authors.get(name),
                chosen=self._chosen(name),
            )
            for name in names
        ]

    @property
    def leave_out(self) -> str:
        """What the person ticks to save the rest without what is left over."""
        return left_over.names(self.left_over)

    @property
    def leaves_out(self) -> bool:
        return self.data is not None and left_over.agreed(self.left_over, self.data)

    def _knowingly(self, save: Callable[[], models.Model]) -> models.Model:
        saved = save()
        # Asked last, when nothing else is wrong; the transaction around it takes back what was saved.
        if self.left_over and not self.leaves_out:
            raise left_over.NotAgreed
        return saved

    def _chosen(self, name: str) -> str:
        chosen = self.data.get(f"choose.{name}", "") if self.data else ""
        return chosen if chosen in (MINE, THEIRS) else ""

    def _undecided(self) -> Conflict:
        names = set(self.disputed)
        if self.texts is not None:
            base = Base(self.texts)
            names |= set(merging.merged(self.part, base=base, mine=self.form.answers, theirs=self.stored)[1])
        ordered = [entry.name for entry in self.part if entry.name in names]
        return Conflict(_UNCHOSEN, names=ordered, theirs=self.stored, version=self.version or 0)

    def _catch_up(self, theirs: Answers, version: int, *, disputed: list[str]) -> None:
        data = cast(QueryDict, self.form.data).copy()
        answers = self.form.answers
        for name, field in self.form.fields.items():
            untouched = (
                self.texts is not None
                and name not in disputed
                and name not in self.form.errors
                and merging.as_text(answers.get(name)) == self.texts.get(name, "")
            )
            if untouched:
                for control, values in as_typed(field, self.form.add_prefix(name), theirs.get(name)).items():
                    data.setlist(control, values)
                self.form.cleaned_data[name] = theirs.get(name)
        self.form.data = data
        self.stored, self.version, self.disputed = theirs, version, disputed
        self.texts = merging.texts(self.part, theirs)

    def _fingerprint(self) -> str:
        sent = {name: values for name, values in self.request.POST.lists() if name not in _NOT_SENT}
        return sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


def _name(draft) -> str:
    """What a person tells one half-filled form from another by."""
    return (draft.typed.get("patient_code") or [""])[0]


def posted_version(data: QueryDict) -> int:
    """The version that was open; one that cannot be read fits none."""
    text = data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def texts_of(data: QueryDict) -> dict[str, str] | None:
    """The answers that the person read when the form was opened."""
    try:
        found = json.loads(data.get("base", ""))
    except (ValueError, RecursionError):
        return None
    fits = isinstance(found, dict) and all(isinstance(text, str) for text in found.values())
    return found if fits else None
