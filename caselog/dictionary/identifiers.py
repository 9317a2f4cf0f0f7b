"""Who a man is outside his code: what an administrator enters, where the clinic chose to keep it."""

from functools import partial

from caselog.choices import Role
from caselog.dictionary.entry import Entry

_ask = partial(
    Entry, model="localidentifiers", owners=(Role.ADMINISTRATOR,), identifier=True, used_in=("identity",)
)
IDENTIFIERS: list[Entry] = [
    _ask("name", attribute="name"),
    _ask("hospital_number", attribute="hospital_number"),
]
