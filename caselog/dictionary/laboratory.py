"""The tissue: what an embryologist answers, and what the pathologist wrote."""

from functools import partial

from caselog.choices import FROZEN, RETRIEVED, HistologyPattern, Role, Side, Sides
from caselog.dictionary.entry import Entry, When

_EMBRYOLOGIST = (Role.EMBRYOLOGIST,)
_SURGEON_OR_EMBRYOLOGIST = (Role.SURGEON, Role.EMBRYOLOGIST)
_SPECIMENS = tuple(
    pattern
    for pattern in HistologyPattern
    if pattern not in (HistologyPattern.NOT_DONE, HistologyPattern.INSUFFICIENT)
)


def _more_of_side(side: Side) -> list[Entry]:
    found = When(f"{side}_sperm_found", tuple(RETRIEVED))
    ask = partial(Entry, model="finding", owners=_EMBRYOLOGIST, section="more", side=side)
    return [
        ask(f"{side}_count_category", attribute="count_category", condition=found, used_in=("report",)),
        ask(f"{side}_count_exact", attribute="count_exact", condition=found, used_in=("report",)),
        ask(
            f"{side}_spermatids",
            attribute="spermatids",
            condition=When(f"{side}_sperm_found", ("none", *RETRIEVED)),
            used_in=("report",),
        ),
    ]


LABORATORY: list[Entry] = [
    *(
        Entry(
            f"{side}_sperm_found", "finding", "sperm_found", _EMBRYOLOGIST,
            required=True, condition=When("sides", (Sides(side.value), Sides.BOTH)),
            side=side, used_in=("retrieval", "report", "safety"),
        )
        for side in Side
    ),
    *(entry for side in Side for entry in _more_of_side(side)),
    Entry(
        "processing_methods", "laboratoryreport", "processing_methods", _EMBRYOLOGIST,
        required=True, used_in=("report",),
    ),
    Entry(
        "search_minutes", "laboratoryreport", "search_minutes", _EMBRYOLOGIST,
        required=True, unit="min", soft=(5, 600), used_in=("report", "safety"), synonyms=("search time",),
    ),
    Entry(
        "disposition", "laboratoryreport", "disposition", _EMBRYOLOGIST,
        required=True, used_in=("usable", "report", "safety"),
    ),
    Entry(
        "vials_n", "laboratoryreport", "vials_n", _EMBRYOLOGIST, soft=(1, 20),
        required=True, condition=When("disposition", tuple(FROZEN)), used_in=("report", "safety"),
    ),
    Entry("witness", "laboratoryreport", "witness", _EMBRYOLOGIST, required=True, used_in=("report",)),
    # The witness is the second pair of eyes, so naming one answers this (caselog.forms.laboratory). It is
    # not required besides: the usual finding stays within its 8 clicks.
    Entry(
        "identity_checked", "laboratoryreport", "identity_checked", _EMBRYOLOGIST,
        used_in=("report",),
    ),
    Entry(
        "found_when", "laboratoryreport", "found_when", _EMBRYOLOGIST, section="more", used_in=("report",)
    ),
    Entry(
        "received_at", "laboratoryreport", "received_at", _EMBRYOLOGIST, section="more", used_in=("report",)
    ),
    Entry(
        "containers_n", "laboratoryreport", "containers_n", _EMBRYOLOGIST, section="more", used_in=("report",)
    ),
    Entry(
        "embryologists_n", "laboratoryreport", "embryologists_n", _EMBRYOLOGIST, section="more",
        used_in=("report",),
    ),
    Entry(
        "storage_location", "laboratoryreport", "storage_location", _EMBRYOLOGIST, section="more",
        condition=When("disposition", tuple(FROZEN)), used_in=("report",),
    ),
    Entry(
        "consent_expiry", "laboratoryreport", "consent_expiry", _EMBRYOLOGIST, section="more",
        condition=When("disposition", tuple(FROZEN)), used_in=("report",),
    ),
    Entry(
        "laboratory_note", "laboratoryreport", "laboratory_note", _EMBRYOLOGIST, section="more",
        used_in=("report",),
    ),
]  # fmt: skip

HISTOLOGY: list[Entry] = [
    entry
    for side in Side
    for entry in (
        Entry(
            f"{side}_pattern", "histology", "pattern", _SURGEON_OR_EMBRYOLOGIST,
            condition=When("sides", (Sides(side.value), Sides.BOTH)), side=side,
            used_in=("note",),
        ),
        Entry(
            f"{side}_johnsen_mean", "histology", "johnsen_mean", _SURGEON_OR_EMBRYOLOGIST,
            condition=When(f"{side}_pattern", _SPECIMENS), side=side, used_in=("note",),
        ),
    )
]  # fmt: skip
