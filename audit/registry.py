"""The rates of many clinics, counted by the database: what `comparison` says of one clinic's rows.

Only rates that a man enters by his first operation of the period: docs/methods/rates-in-sql.md.
"""

from audit.measures import MEASURES
from audit.results import Filters, Unit
from caselog.rates import Asked, Population
from caselog.selection import RULES, Selection

RATES = tuple(measure.id for measure in MEASURES if not measure.first_in_population)
POPULATIONS = {
    measure.id: Population(measure.azoospermia, measure.procedure)
    for measure in MEASURES
    if measure.id in RATES
}


def asked(filters: Filters, *measures: str) -> Asked:
    """What the filters choose, for the database; all rates without a name.

    A filter on one surgeon is left out: here all are compared, and beside clinics in which the reader may
    not see each surgeon's figures. Raises ValueError for testes, which are not counted here.
    """
    if filters.unit is Unit.TESTIS:
        raise ValueError("testes are not counted in the database")
    chosen = {name: getattr(filters, name) for name in RULES if name != "surgeon"}
    return Asked(
        {name: POPULATIONS[name] for name in measures or RATES},
        since=filters.since,
        until=filters.until,
        chosen=Selection(**chosen),
        men=filters.unit is Unit.MAN,
    )
