"""What of an audit may leave the clinic. The rules and their reasons: docs/methods/disclosure.md."""

from audit.disclosure.disclose import disclose
from audit.disclosure.results import Shared, SharedLine, SharedRate

__all__ = ["Shared", "SharedLine", "SharedRate", "disclose"]
