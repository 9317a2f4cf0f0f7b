"""What each clinic shows of small numbers, and whether it stands beside others; versioned."""

from dataclasses import asdict, fields

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.adoptions import hold
from audit.limits import BOUNDS, Limits, Settings
from audit.models import AuditSettings
from caselog.history import recorded
from caselog.permissions import Permission, require


def of(clinic) -> Settings:
    """What stands now; the defaults before the first change. One query."""
    last = AuditSettings.objects.of(clinic).first()
    return said_by(last) if last else Settings()


def said_by(version: AuditSettings) -> Settings:
    limits = {field.name: getattr(version, field.name) for field in fields(Limits)}
    return Settings(limits=Limits(**limits), takes_part=version.takes_part)


@recorded
def change(*, by, clinic, limits: Limits, takes_part: bool, reason: str) -> AuditSettings:
    """From now on this stands; kept audits hold the limits that they used.

    Raises PermissionDenied, or ValidationError by field.
    """
    require(by, Permission.MANAGE_CLINIC, clinic)
    wrong = _outside(limits)
    if not reason.strip():
        wrong["reason"] = _("Other limits change what is shown. Say why.")
    if wrong:
        raise ValidationError(wrong)
    hold(clinic)
    last = AuditSettings.objects.of(clinic).first()
    if (said_by(last) if last else Settings()) == Settings(limits=limits, takes_part=takes_part):
        raise ValidationError({"reason": _("These settings stand already. Change one of them.")})
    version = AuditSettings(
        clinic=clinic,
        version=last.version + 1 if last else 1,
        takes_part=takes_part,
        reason=reason.strip(),
        changed_by=by,
        **asdict(limits),
    )
    version.full_clean(validate_constraints=False)  # of them this service says more
    version.save()
    return version


def _outside(limits: Limits) -> dict[str, str]:
    said = _("From %(least)s to %(most)s: less would switch the protection off, more would hide everything.")
    return {
        name: said % {"least": least, "most": most}
        for name, (least, most) in BOUNDS.items()
        if not least <= getattr(limits, name) <= most
    }
