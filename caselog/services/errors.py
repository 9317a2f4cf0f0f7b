class Refused(Exception):
    """A change that the state of the record does not allow; the message is for the person who asked."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class Stale(Refused):
    """Somebody saved the record after the caller read it."""
