from django.utils.translation import gettext as _


class Refused(Exception):
    """A change that the state of the record does not allow; the message is for the person who asked."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class Stale(Refused):
    """Somebody saved the record after the caller read it."""


class NeedsReason(Refused):
    """The record is final or locked: it changes only by an amendment, and no reason was given."""


class Doubtful(Refused):
    """Answers that are unusual or contradict each other: they are saved once somebody confirms them.

    doubts: each with its code, fields, message and what it is about (caselog.services.doubts).
    """

    def __init__(self, doubts):
        super().__init__(_("Some answers are unusual. Check them: put them right, or say that they are."))
        self.doubts = doubts
