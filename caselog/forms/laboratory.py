"""The embryologist's form: what was found in the tissue of one case."""

from dataclasses import dataclass
from typing import Any

from caselog.choices import Side, SpermFound
from caselog.dictionary import LABORATORY, Entry
from caselog.forms.answers import AnswersForm, Question
from caselog.models import Case, Testis, User


@dataclass(frozen=True)
class Specimen:
    """What is asked about the tissue of one testis."""

    testis: Testis
    title: str
    questions: list[Question]


class LaboratoryForm(AnswersForm):
    part = LABORATORY

    def __init__(self, *args, case: Case, by: User, **kwargs):
        self.testes = {testis.side: testis for testis in case.testes.all()}
        here = case.clinic.memberships.current().exclude(user=by).values("user")
        super().__init__(
            *args, people={"witness": User.objects.filter(pk__in=here).order_by("name", "pk")}, **kwargs
        )

    def asks(self, entry: Entry) -> bool:
        return not entry.side or entry.side in self.testes

    def field_for(self, entry: Entry, people):
        field: Any = super().field_for(entry, people)
        if entry.attribute == "sperm_found":
            # Only spreadsheets say less than what the microscope shows.
            field.choices = [one for one in entry.choices if one[0] != SpermFound.UNSPECIFIED]
        return field

    @property
    def specimens(self) -> list[Specimen]:
        return [
            Specimen(
                testis,
                str(Side(side).label),
                [self.question(name) for name, e in self.entries.items() if e.side == side],
            )
            for side, testis in self.testes.items()
        ]

    @property
    def questions(self) -> list[Question]:
        """About the whole report, not one testis."""
        return [self.question(name) for name, entry in self.entries.items() if not entry.side]
