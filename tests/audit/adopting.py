"""What a clinic adopts, for the tests."""

from datetime import date

TODAY = date(2025, 6, 30)


def our_years(**changes):
    """The answers of a figure of the clinic's own: micro-TESE, 60 of 100 men."""
    return {
        "measure": "micro_noa",
        "label": "Our years 2022–2024",
        "citation": "Our own register, counted on 1 June 2025",
        "population": "Men with non-obstructive azoospermia, micro-TESE",
        "counted_in": "man",
        "found": 60,
        "known": 100,
        "next_review": date(2026, 6, 30),
    } | changes
