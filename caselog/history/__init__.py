"""The trail of changes: who, when, why, before, after; written by the database itself."""

from caselog.history.context import acting, recorded

__all__ = ["acting", "recorded"]
