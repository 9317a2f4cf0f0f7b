from typing import Any

from django.core.management.commands import migrate


class Command(migrate.Command):
    """Looks into the database after migrating, which puts the history's triggers back, not before."""

    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str | None, Any]:
        return {**super().get_check_kwargs(options), "databases": []}

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["skip_checks"] or options["plan"] or options["check_unapplied"]):
            self.check(databases=[options["database"]])
