from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CaselogConfig(AppConfig):
    name = "caselog"
    verbose_name = _("Caselog")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from caselog.history import triggers
        from caselog.reauthentication import remember_when

        user_logged_in.connect(remember_when)
        connection_created.connect(triggers.on_connection)
        pre_migrate.connect(triggers.before_migrating, sender=self)
        post_migrate.connect(triggers.after_migrating, sender=self)
        checks.register(triggers.check_triggers, checks.Tags.database)
