"""Where the source document and published evidence contradict each other, and who says so."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from audit import reference
from audit.definitions import Text
from audit.reference import ReferenceFigure

LITERATURE = "literature"


@dataclass(frozen=True)
class Contradiction:
    claim: str
    words: Text
    figures: tuple[str, ...]  # ids in the literature; the words name their numbers

    @property
    def sources(self) -> list[ReferenceFigure]:
        return [figure for figure in reference.load(LITERATURE).figures if figure.id in self.figures]

    @property
    def cited(self) -> list[ReferenceFigure]:
        """Each source once."""
        return list({figure.citation: figure for figure in self.sources}.values())


CONTRADICTIONS = [
    Contradiction(
        "C18",
        _("The document says that less tissue is lost by a factor of 70. Such a factor is known from "
          "samples, 720 mg beside 9.4 mg, and not from men: a man gives several samples."),
        ("schlegel-1999-tissue",),
    ),
    Contradiction(
        "C20",
        _("The document says that what lowers testosterone is avoided. In published men it fell with both "
          "techniques: of its level before it was at %(estimate_1)s after 3–6 months, %(estimate_2)s after "
          "12 and %(estimate_3)s after 18."),
        ("ramasamy-2005-testosterone-3", "ramasamy-2005-testosterone-12", "ramasamy-2005-testosterone-18"),
    ),
    Contradiction(
        "C23",
        _("The document's figure for these groups is far from that of the nearest published series, in which "
          "sperm was found in %(found)s of %(known)s men, %(estimate_1)s."),
        ("franco-2016-union",),
    ),
]  # fmt: skip


def against(claim: str) -> Contradiction | None:
    return next((one for one in CONTRADICTIONS if one.claim == claim), None)
