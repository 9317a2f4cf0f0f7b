"""A published P of two rates, and the same two rates by the tests that are usual."""

from dataclasses import dataclass

from audit import reference
from audit.evidence import LITERATURE
from audit.reference import ReferenceFigure
from audit.statistics import Difference, TwoGroupTests, newcombe, two_group_tests

Rate = tuple[int, int]  # found, known


@dataclass(frozen=True, kw_only=True)
class PublishedP:
    """first, second: the rates whose difference the source tests; figure: whose citation it is."""

    measures: tuple[str, ...]  # on whose pages it is explained
    first: Rate
    second: Rate
    p: str  # as it was printed
    figure: str

    @property
    def tests(self) -> TwoGroupTests | None:
        return two_group_tests(*self.first, *self.second)

    @property
    def difference(self) -> Difference | None:
        return newcombe(*self.first, *self.second)

    @property
    def source(self) -> ReferenceFigure:
        return next(one for one in reference.load(LITERATURE).figures if one.id == self.figure)


# Men with Sertoli-cell-only histology; the abstract prints 26.9 % and 6.2 %, "P = 0.03", and names no test:
# docs/methods/which-test-for-two-groups.md.
SERTOLI_CELL_ONLY = PublishedP(
    measures=("micro_noa", "conventional_noa"),
    first=(7, 26),
    second=(2, 32),
    p="0.03",
    figure="ghalayini-2011-micro",
)


def explained_on(measure: str) -> PublishedP | None:
    return SERTOLI_CELL_ONLY if measure in SERTOLI_CELL_ONLY.measures else None
