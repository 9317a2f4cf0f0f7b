"""Every case in which a careless audit goes wrong, in one set of operations: a spreadsheet and a clinic.

Whoever reads it finds the same men in both; what each of them is for stands beside him.
"""

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

SINCE, UNTIL = date(2024, 1, 1), date(2024, 12, 31)
PENDING = None


@dataclass(frozen=True)
class Operation:
    man: str
    on: date
    found: str | None  # what the final report says of the operated sides; None: there is no report
    also: dict[str, Any] = field(default_factory=dict)  # the operation's answers that are not usual
    of_laboratory: dict[str, Any] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Any]:
        return USUAL | {"patient_code": self.man, "procedure_date": self.on} | self.also

    @property
    def findings(self) -> dict[str, Any]:
        """By side, as the laboratory reports it."""
        sides = ("right", "left") if self.answers["sides"] == "both" else (self.answers["sides"],)
        found = {f"{side}_sperm_found": self.found for side in sides} | self.of_laboratory
        without = set(found.values()) <= {"none", "not_sampled", "round"}
        return found | {"disposition": "discarded" if without else "frozen"}


USUAL = {
    "azoospermia_type": "noa",
    "primary_aetiology": "idiopathic",
    "klinefelter_status": "not_klinefelter",
    "y_microdeletion": "none",
    "prior_retrieval": "no_prior",
    "attempt_number": 1,
    "status": "performed",
    "procedure": "micro_tese",
    "sides": "right",
    "anaesthesia": "general",
    "magnification": "microscope",
    "right_weighing": "not_weighed",
    "right_tissue_weight_mg": None,
    "right_samples_n": None,
    "left_weighing": None,
}
OBSTRUCTED = {
    "azoospermia_type": "oa", "primary_aetiology": "vasectomy", "procedure": "tesa",
    "y_microdeletion": None, "magnification": "none",
}  # fmt: skip
KLINEFELTER = {"klinefelter_status": "non_mosaic", "primary_aetiology": "klinefelter"}
FAILED = {"prior_retrieval": "none_found", "attempt_number": 2}


def _on(month: int, day: int = 4) -> date:
    return date(2024, month, day)


OPERATIONS = [
    # All successes, and obstructive beside non-obstructive men.
    *(Operation(f"S-OA{n}", _on(1, n), "motile", OBSTRUCTED) for n in (1, 2, 3)),
    # One arm is empty: of conventional TESE all results are awaited.
    Operation("S-WAIT1", _on(2), PENDING, {"procedure": "conventional_tese", "magnification": "none"}),
    Operation("S-WAIT2", _on(2, 5), PENDING, {"procedure": "conventional_tese", "magnification": "none"}),
    # A man with three attempts: his first one counts, and it found nothing.
    Operation("S-THREE", _on(3), "none"),
    Operation("S-THREE", _on(5), "none", FAILED),
    Operation("S-THREE", _on(9), "motile", FAILED | {"attempt_number": 3}),
    # Both sides in one operation, and one side after the other on two days: two attempts of one man.
    Operation(
        "S-BOTH", _on(4), "none", {"sides": "both", "left_weighing": "not_weighed"},
        {"left_sperm_found": "motile"},
    ),
    Operation("S-STAGED", _on(4, 8), "none"),
    Operation(
        "S-STAGED", _on(6), "motile",
        FAILED | {"sides": "left", "right_weighing": None, "left_weighing": "not_weighed"},
    ),
    # In two groups of C23, and in one of them.
    Operation("S-KF", _on(6, 8), "motile", KLINEFELTER),
    Operation("S-KFFAILED", _on(6, 9), "none", KLINEFELTER | FAILED),
    # Abandoned; of an uncertain type; by two techniques.
    Operation("S-STOPPED", _on(7), PENDING, {"status": "abandoned", "status_reason": "Bleeding"}),
    Operation(
        "S-UNSURE", _on(7, 5), "motile",
        {"azoospermia_type": "uncertain", "primary_aetiology": "unknown", "y_microdeletion": None},
    ),
    Operation("S-TWO", _on(7, 6), "motile", {"preceding_procedures": ["conventional_tese"]}),
    # Spermatids are no sperm; sperm that do not move are; a side that was not sampled is no "none".
    Operation("S-ROUND", _on(8), "none", {}, {"right_spermatids": "round"}),
    Operation("S-STILL", _on(8, 5), "immotile"),
    Operation(
        "S-ONESIDE", _on(8, 6), "motile", {"sides": "both", "left_weighing": "not_weighed"},
        {"left_sperm_found": "not_sampled"},
    ),
    # A missing outcome is never "no sperm".
    Operation("S-MISSING", _on(10), PENDING),
]  # fmt: skip


def write_spreadsheet(path: Path) -> Path:
    """A line for each operation, in the columns that a spreadsheet may have."""
    lines = [_line(one) for one in OPERATIONS]
    names = dict.fromkeys(name for line in lines for name in line)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(names))
        writer.writeheader()
        writer.writerows(lines)
    return path


def _line(one: Operation) -> dict[str, Any]:
    found = {} if one.found is PENDING else one.findings
    line = {name: value for name, value in (one.answers | found).items() if value is not None}
    return {name: " > ".join(value) if isinstance(value, list) else value for name, value in line.items()}


def record(make_case, make_report) -> None:
    """The same operations through the services, as a surgeon and an embryologist record them."""
    for one in OPERATIONS:
        case = make_case(**one.answers)
        if one.found is not PENDING:
            make_report(case, **one.findings)
