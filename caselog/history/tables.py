"""Which tables the history follows, and which of their columns."""

from typing import Any

from django.apps.registry import Apps
from django.db import models

RECORDED_APPS = ("caselog", "audit")
CHANGES = "caselog_change"
# No part of the record, and why.
PASSING = {
    "caselog_draft": "what somebody is typing, until a service saves it",
    "caselog_receipt": "which forms were sent already; what they saved is recorded itself",
    "caselog_favourite": "a surgeon's own usual answers; what is made of them is recorded itself",
}
# Secrets, and what every sign-in changes.
NEVER_RECORDED = {"caselog_user": ("password", "last_login")}


def tables(apps: Apps) -> list[type[models.Model]]:
    """Every table of ours, the ones behind many-to-many fields too.

    apps: the registry whose models are the tables as they stand; during a migration, that is the
    state which the migrations reached.
    """
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in RECORDED_APPS and model._meta.managed and not model._meta.proxy
    ]


def recorded_models(apps: Apps) -> list[type[models.Model]]:
    """The tables whose changes are written down: all but the history's own and what passes."""
    return [model for model in tables(apps) if model._meta.db_table not in {CHANGES, *PASSING}]


def never_recorded(model: type[models.Model]) -> tuple[str, ...]:
    return NEVER_RECORDED.get(model._meta.db_table, ())


def recorded_fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """In alphabetical order: a migration and the model class may name the same columns in another one."""
    secret = never_recorded(model)
    fields = [field for field in model._meta.local_concrete_fields if field.column not in secret]
    return sorted(fields, key=lambda field: str(field.column))
