"""The tables, one file each. Every rule that the database can hold stands there as a constraint."""

from caselog.models.case import Case
from caselog.models.change import Change
from caselog.models.clinic import Clinic, Membership
from caselog.models.doubt import Alert, Confirmation
from caselog.models.draft import Draft, Favourite, Receipt
from caselog.models.follow_up import Complication, FollowUp, IcsiCycle
from caselog.models.histology import Histology
from caselog.models.identifiers import LocalIdentifiers
from caselog.models.laboratory import Finding, LaboratoryReport
from caselog.models.measurement import Measurement
from caselog.models.patient import Patient
from caselog.models.period import Period
from caselog.models.query import Query, QueryMessage
from caselog.models.testis import Testis
from caselog.models.user import User

__all__ = [
    "Alert",
    "Case",
    "Change",
    "Clinic",
    "Complication",
    "Confirmation",
    "Draft",
    "Favourite",
    "Finding",
    "FollowUp",
    "Histology",
    "IcsiCycle",
    "LaboratoryReport",
    "LocalIdentifiers",
    "Measurement",
    "Membership",
    "Patient",
    "Period",
    "Query",
    "QueryMessage",
    "Receipt",
    "Testis",
    "User",
]
