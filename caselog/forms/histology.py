"""The pathologist's words: a card for each operated testis."""

from caselog.dictionary import HISTOLOGY, Entry
from caselog.forms.answers import AnswersForm
from caselog.forms.laboratory import Specimen
from caselog.models import Case


class HistologyForm(AnswersForm):
    part = HISTOLOGY

    def __init__(self, *args, case: Case, **kwargs):
        self.testes = {testis.side: testis for testis in case.testes.all()}
        super().__init__(*args, people={}, **kwargs)

    def asks(self, entry: Entry) -> bool:
        return entry.side in self.testes

    @property
    def specimens(self) -> list[Specimen]:
        return [
            Specimen(
                testis,
                testis.get_side_display(),
                [self.question(name) for name, entry in self.entries.items() if entry.side == side],
            )
            for side, testis in self.testes.items()
        ]
