"""What is known of the operation beside the minimum: columns of the case."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from caselog.choices import Magnification, Procedure, Timing, YesNo
from caselog.models.fields import CodesField, coded, whole

LONGEST_OPERATION = 12 * 60  # minutes


class ProcedureDetail(models.Model):
    assistant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assistant"),
    )
    trainee_operating = coded(_("a trainee operated"), YesNo)
    planned_procedure = coded(_("procedure planned"), Procedure)
    changed_plan_reason = models.CharField(_("why another procedure"), max_length=200, blank=True)
    preceding_procedures = CodesField(
        _("tried first in the same operation"),
        choices=Procedure,
        help_text=_("Before the procedure above, for example conventional TESE before micro-TESE."),
    )
    timing = coded(_("timing"), Timing)
    magnification = coded(_("magnification"), Magnification)
    magnification_x = whole(_("magnification, times"), 1, 60)
    start_time = models.TimeField(_("start"), null=True, blank=True)
    end_time = models.TimeField(_("end"), null=True, blank=True)
    operative_minutes = whole(_("operating time"), 1, LONGEST_OPERATION)
    stopped_when_found = coded(_("stopped when sperm was found"), YesNo)
    intraoperative_complication = coded(_("complication during the operation"), YesNo)
    intraoperative_complication_text = models.CharField(_("which complication"), max_length=200, blank=True)
    operation_note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        abstract = True
