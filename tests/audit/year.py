"""The year of the cases that the tests of pages record, and the day on which it is looked at."""

from datetime import UTC, date, datetime

from audit.results import Filters

YEAR = Filters(since=date(2025, 1, 1), until=date(2025, 12, 31))
PERIOD = {"since": "2025-01-01", "until": "2025-12-31"}  # in an address
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
