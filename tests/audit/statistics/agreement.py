"""How far our statistics are from their peers: the table of docs/methods/agreement-with-peers.md.

Writes the table anew: .venv/bin/python -m tests.audit.statistics.agreement
"""

import sys
from math import log10
from pathlib import Path

# Each file of peers adds its comparisons.
from tests.audit.statistics import peers_of_rates, peers_of_several, peers_over_time  # noqa: F401
from tests.audit.statistics.comparing import COMPARISONS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "methods" / "agreement-with-peers.md"
HEAD = "| function | peer | over | largest difference | fails above |\n|---|---|---|---|---|\n"


def allowed(largest: float) -> str:
    """The power of ten that leaves another processor at least three times what was found here."""
    return f"1e{-(-log10(max(3 * largest, 1e-15)) // 1):+03.0f}"


def written_table() -> str:
    rows = []
    for comparison in COMPARISONS:
        largest = comparison.largest()
        figure = f"{largest:.1e}" if largest else "0"
        rows.append(f"| {' | '.join(comparison.name)} | {figure} | {allowed(largest)} |\n")
    return HEAD + "".join(rows)


def read_table(page: str) -> dict[tuple[str, str, str], tuple[float, float]]:
    """The page's rows: what was found, and what a test holds it to."""
    rows = page.partition(HEAD)[2].partition("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return {
        (function, peer, over): (float(found), float(bound)) for function, peer, over, found, bound in cells
    }


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, _, after = text.partition(HEAD)
    PAGE.write_text(before + written_table() + "\n" + after.partition("\n\n")[2], encoding="utf-8")
    sys.stdout.write(f"{len(COMPARISONS)} comparisons written\n")
