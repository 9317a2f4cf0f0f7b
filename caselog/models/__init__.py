"""The tables, one file each. Every rule that the database can hold stands there as a constraint."""

from caselog.models.case import Case
from caselog.models.change import Change
from caselog.models.clinic import Clinic, Membership
from caselog.models.laboratory import Finding, LaboratoryReport
from caselog.models.patient import Patient
from caselog.models.testis import Testis
from caselog.models.user import User

__all__ = [
    "Case",
    "Change",
    "Clinic",
    "Finding",
    "LaboratoryReport",
    "Membership",
    "Patient",
    "Testis",
    "User",
]
