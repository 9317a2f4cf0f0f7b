"""Flat answers into rows and back, by the dictionary."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from caselog.choices import Measured
from caselog.dictionary import Answers, Entry
from caselog.models import Case, FollowUp, Measurement
from caselog.units import canonical


def assign(record: models.Model, part: Iterable[Entry], answers: Answers) -> None:
    """Put the answers of these entries into their columns; what was not answered becomes blank."""
    for entry in part:
        setattr(record, entry.attribute, stored(entry.model_field, answers.get(entry.name)))


def stored(column: models.Field, value: Any) -> Any:
    """The empty value of a column is "" for text, [] for several codes and None for anything else."""
    blank = value is None and column.empty_strings_allowed and not column.null
    return column.to_python("") if blank else value


def measurements_of(part: Iterable[Entry], rows: Iterable[Measurement]) -> dict[str, Any]:
    """The answers about hormones that these rows hold."""
    by_analyte = {row.analyte: row for row in rows}
    return {
        entry.name: getattr(by_analyte.get(entry.analyte), entry.attribute, None)
        for entry in part
        if entry.model == "measurement"
    }


def save_measurements(
    part: Iterable[Entry], answers: Answers, *, case: Case, follow_up: FollowUp | None = None
) -> None:
    """Write the hormones of this part; one that nobody answered has no row."""
    asked = dict.fromkeys(entry.analyte for entry in part if entry.analyte)
    results = {analyte: answers.get(f"{analyte}_result") for analyte in asked}
    blank = [analyte for analyte, result in results.items() if not result]
    Measurement.objects.filter(case=case, follow_up=follow_up, analyte__in=blank).delete()
    for analyte, result in results.items():
        if not result:
            continue
        measured = result == Measured.MEASURED
        value, unit = (
            (answers.get(f"{analyte}_value"), answers.get(f"{analyte}_unit")) if measured else (None, "")
        )
        Measurement.objects.update_or_create(
            case=case,
            follow_up=follow_up,
            analyte=analyte,
            defaults={
                "clinic": case.clinic,
                "result": result,
                "value": value,
                "unit": unit,
                "canonical": canonical(analyte, value, unit) if value is not None and unit else None,
                "taken_on": answers.get(f"{analyte}_taken_on") if measured else None,
            },
        )
