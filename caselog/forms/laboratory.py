"""The embryologist's form: what was found in the tissue of one case."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import CountCategory, Side, SpermFound, YesNo
from caselog.dictionary import REPORT, SHARED, Entry
from caselog.forms.answers import AnswersForm, Inference, Question
from caselog.forms.operation import WEIGHINGS, Group, Section
from caselog.models import Case, Testis, User
from caselog.services import laboratory

# Only spreadsheets say less than what the microscope shows, and a count is asked where sperm was found.
_NEVER_OFFERED = {"sperm_found": SpermFound.UNSPECIFIED, "count_category": CountCategory.ZERO}


@dataclass(frozen=True)
class Specimen:
    """What is asked about the tissue of one testis; shared: what the operation holds too."""

    testis: Testis
    title: str
    questions: list[Question]
    shared: list[Question] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """A mistake must not stay folded away, nor what is asked about."""
        return any(question.errors or question.checks for question in self.shared)


class LaboratoryForm(AnswersForm):
    part = REPORT
    # The witness is the second pair of eyes that reads every container.
    inferences = (Inference("identity_checked", YesNo.YES, given="witness"), *WEIGHINGS)

    def __init__(self, *args, case: Case, by: User, **kwargs):
        self.testes = {testis.side: testis for testis in case.testes.all()}
        stored = getattr(case, "laboratory_report", None)
        here = Q(pk__in=case.clinic.memberships.current().values("user"))
        # Whoever was the witness then stays to be chosen after leaving the clinic.
        others = User.objects.filter(here | Q(pk=stored and stored.witness_id))
        others = others.exclude(pk=laboratory.embryologist_of(case, by=by).pk)
        super().__init__(*args, people={"witness": others.order_by("name", "pk")}, **kwargs)

    def asks(self, entry: Entry) -> bool:
        return not entry.side or entry.side in self.testes

    def field_for(self, entry: Entry, people):
        made: Any = super().field_for(entry, people)
        if unusual := _NEVER_OFFERED.get(entry.attribute):
            made.choices = [one for one in entry.choices if one[0] != unusual]
        return made

    @property
    def specimens(self) -> list[Specimen]:
        return [
            Specimen(
                testis,
                str(Side(side).label),
                self._of(side, section=""),
                [self.question(entry.name) for entry in SHARED if entry.side == side],
            )
            for side, testis in self.testes.items()
        ]

    @property
    def questions(self) -> list[Question]:
        """What a usual report answers about the whole of it, not one testis."""
        return self._of("", section="")

    @property
    def more(self) -> Section:
        """What a usual report leaves out, folded away."""
        # Of a testis, the last question is asked whenever another one is.
        of_sides = [(str(Side(side).label), self._of(side, section="more")) for side in self.testes]
        groups = [Group(title, asked[-1].name, asked) for title, asked in of_sides]
        return Section("more", _("More (optional)"), [*groups, Group("", "", self._of("", section="more"))])

    def _of(self, side: str, *, section: str) -> list[Question]:
        return [
            self.question(name)
            for name, entry in self.entries.items()
            if (entry.side, entry.section) == (side, section)
        ]
