"""What an administrator records about a man."""

from caselog.dictionary import PATIENT
from caselog.forms.answers import AnswersForm, Question


class PatientForm(AnswersForm):
    part = PATIENT

    def __init__(self, *args, **kwargs):
        super().__init__(*args, people={}, **kwargs)

    @property
    def questions(self) -> list[Question]:
        return [self.question(name) for name in self.entries]
