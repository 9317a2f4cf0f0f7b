"""What a person types about small numbers."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.forms.references import CountField, PlainForm
from audit.limits import BOUNDS, Limits, Settings
from audit.models import AuditSettings

_HELP = {
    "counts_only_below": _("Of fewer men only the counts are given, no percentage and no median."),
    "compared_from": _("Operations of a surgeon with a final result; of fewer, no comparison with others."),
    "rate_in_funnel_from": _("Of fewer, a point of the funnel is grey and has no rate."),
}


def _column(name: str) -> Any:
    return AuditSettings._meta.get_field(name)


class SettingsForm(PlainForm):
    takes_part = forms.BooleanField(
        label=_column("takes_part").verbose_name,
        required=False,
        help_text=_("Members of the others then see this clinic's counts and rates, without its name."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=_column("reason").max_length,
        error_messages={"required": _("Other limits change what is shown. Say why.")},
    )

    def __init__(self, typed, *, stands: Settings):
        super().__init__(typed, initial=asdict(stands.limits) | {"takes_part": stands.takes_part})
        for name in BOUNDS:
            label = _column(name).verbose_name
            self.fields[name] = CountField(required=True, label=label, help_text=_HELP[name])
        self.order_fields([*BOUNDS, "takes_part", "reason"])

    @property
    def answers(self) -> dict[str, Any]:
        """As audit.settings.change takes them."""
        typed = dict(self.cleaned_data)
        return {"limits": Limits(**{name: typed.pop(name) for name in BOUNDS}), **typed}
