"""What may be said of a man whom the clinic knows already, in a case that was not read as his."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caselog.choices import Consent
from caselog.dictionary import OPERATION, Answers, Entry, is_blank
from caselog.models import Patient
from caselog.services.merging import as_text

ABOUT_HIM = [entry for entry in OPERATION if entry.model == "patient" and entry.name != "patient_code"]


def is_known(value: Any) -> bool:
    """“Not asked” is true of one day and keeps no later answer out."""
    return not is_blank(value) and value != Consent.NOT_ASKED


def of_known(patient: Patient, answers: Answers) -> dict[str, str]:
    """One message by field: whoever did not read what is stored does not overwrite it."""
    message = _(
        "“%(stored)s” is stored of %(code)s. Enter the same, or leave this blank. "
        "If it is wrong, save this case first and correct it then."
    )
    return {
        entry.name: message % {"stored": _words(entry, stored), "code": patient.code}
        for entry in ABOUT_HIM
        if is_known(stored := getattr(patient, entry.attribute))
        and not is_blank(given := answers.get(entry.name))
        and as_text(given) != as_text(stored)
    }


def of_consent(answers: Answers, today: date) -> dict[str, str]:
    on = answers.get("research_consent_on")
    late = on is not None and on > today
    return {"research_consent_on": _("This day has not come yet. Check the date.")} if late else {}


def _words(entry: Entry, stored: Any) -> str:
    if entry.name == "research_consent_on":
        return date_format(stored, "j M Y")
    return str(dict(entry.model_field.flatchoices).get(stored, stored))
