"""Who may be named in a record."""

from django.utils.translation import gettext as _

from caselog.choices import Role
from caselog.dictionary import Answers
from caselog.models import Case, Clinic, User


def of_witness(witness: User | None, *, case: Case, embryologist: User) -> str:
    """What is wrong with this witness of a report; "" when nothing is."""
    stored = getattr(case, "laboratory_report", None)
    if witness is None:
        return ""
    if witness == embryologist:
        return _("The witness must be another person than the embryologist.")
    # Whoever read the containers then stays the witness after leaving the clinic.
    if stored and stored.witness_id == witness.pk:
        return ""
    if case.clinic.memberships.current().filter(user=witness).exists():
        return ""
    return _("%(name)s does not work in this clinic.") % {"name": witness}


def of_embryologist(embryologist: User, clinic: Clinic) -> str:
    """What is wrong with this person as the one whose report it is; "" when nothing is."""
    if clinic.memberships.current().filter(user=embryologist, role=Role.EMBRYOLOGIST).exists():
        return ""
    return _("%(name)s is not an embryologist of this clinic.") % {"name": embryologist}


def of_assistant(answers: Answers, *, clinic: Clinic, case: Case | None) -> str:
    """What is wrong with the assistant of an operation; "" when nothing is."""
    assistant = answers.get("assistant")
    if assistant is None:
        return ""
    if assistant == answers.get("surgeon"):
        return _("The assistant must be another person than the surgeon.")
    if case and case.assistant_id == assistant.pk:
        return ""
    if clinic.memberships.current().filter(user=assistant).exists():
        return ""
    return _("%(name)s does not work in this clinic.") % {"name": assistant}
