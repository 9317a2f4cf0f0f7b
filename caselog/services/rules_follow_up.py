"""What is wrong with answers about the time after the operation, and what is worth asking about."""

from dataclasses import replace
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caselog import dictionary, visits
from caselog.choices import Complications, FollowUpMonth, Pregnancy, SpermFound
from caselog.dataset import best_finding
from caselog.dictionary import COMPLICATION, FOLLOW_UP, ICSI, Answers
from caselog.lists import listed
from caselog.models import Case, Complication, Finding, FollowUp
from caselog.services.checks import Doubt, of_limits
from caselog.services.rules import Errors, of_fields
from caselog.services.rules_hormones import of_hormones

_VISIT_TO_SAVE = ("complications", "seen_on")


def of_visit(given: Answers, answers: Answers, *, case: Case, today: date) -> Errors:
    """given: all that was typed; answers: of that what applies."""
    errors = of_fields(FOLLOW_UP, answers)
    for entry in dictionary.missing(answers, FOLLOW_UP):
        if entry.name in _VISIT_TO_SAVE:
            errors[entry.name].append(_("Answer this to save the follow-up."))
    seen = answers.get("complications") != Complications.NOT_FOLLOWED  # of whom nobody saw nothing is asked
    for name, message in of_hormones(FOLLOW_UP, given if seen else answers, answers).items():
        if name not in errors:
            errors[name].append(message)
    _about_seen_on(answers, errors, case, today)
    for entry in FOLLOW_UP:
        taken = answers.get(entry.name) if entry.attribute == "taken_on" else None
        if taken and taken > today:
            errors[entry.name].append(_("This day is still to come. Check the date."))
        elif taken and taken < case.procedure_date:
            errors[entry.name].append(_before_the_operation(case))
    return errors


def _about_seen_on(answers: Answers, errors: Errors, case: Case, today: date) -> None:
    seen = answers.get("seen_on")
    if seen and seen > today:
        errors["seen_on"].append(_("This day is still to come. Check the date."))
    elif seen and seen <= case.procedure_date:
        errors["seen_on"].append(_before_the_operation(case))


def _before_the_operation(case: Case) -> str:
    message = _("This is not after the operation, which was on %(day)s. Check the date.")
    return message % {"day": date_format(case.procedure_date, "j M Y")}


def of_complication(answers: Answers, *, case: Case, today: date) -> Errors:
    errors = of_fields(COMPLICATION, answers)
    for entry in dictionary.missing(answers, COMPLICATION):
        errors[entry.name].append(_("Answer this to save the complication."))
    day = answers.get("onset_day")
    if "onset_day" not in errors and day is not None and case.procedure_date + timedelta(days=day) > today:
        message = _("Day %(day)s after the operation is still to come. Check the number.")
        errors["onset_day"].append(message % {"day": day})
    return errors


def of_cycle(given: Answers, answers: Answers, *, today: date) -> Errors:
    errors = of_fields(ICSI, answers)
    for entry in dictionary.missing(answers, ICSI):
        errors[entry.name].append(_("Answer this to save the cycle."))
    started = answers.get("started_on")
    if started and started > today:
        errors["started_on"].append(_("This day is still to come. Check the date."))
    injected, fertilised = answers.get("mii_injected_n"), answers.get("two_pn_n")
    if fertilised is not None and injected is None and "mii_injected_n" not in errors:
        errors["mii_injected_n"].append(_("Say how many were injected, of which these were fertilised."))
    elif fertilised is not None and injected is not None and fertilised > injected:
        message = _("%(fertilised)s of %(injected)s cannot be. No more are fertilised than were injected.")
        errors["two_pn_n"].append(message % {"fertilised": fertilised, "injected": injected})
    _about_the_birth(given, errors)
    return errors


def _about_the_birth(given: Answers, errors: Errors) -> None:
    born, pregnant = given.get("live_birth"), given.get("clinical_pregnancy")
    if born == Pregnancy.YES and pregnant != Pregnancy.YES:
        message = _("A live birth needs a clinical pregnancy. Answer Yes here, or change the live birth.")
        errors["clinical_pregnancy"].append(message)
    of_newborn = [name for name in ("gestation_weeks", "birthweight_g") if given.get(name) is not None]
    if of_newborn and dictionary.is_blank(born):
        errors["live_birth"].append(_("A newborn is described. Say whether it was a live birth."))


def doubts_of_visit(answers: Answers, *, case: Case, month: str) -> list[Doubt]:
    # The operation's own hormones are asked about under the same names.
    unusual = of_limits(FOLLOW_UP, answers)
    found = [replace(doubt, code=f"follow_up.{month}.{doubt.code}") for doubt in unusual]
    seen = answers.get("seen_on")
    by_day = case.complications.order_by("onset_day", "pk")
    kinds = [one.get_kind_display() for one in by_day if seen and one.began_by(seen)]
    if answers.get("complications") == Complications.NONE_KNOWN and kinds:
        message = _("“None known”, yet of this case are recorded: %(complications)s.")
        found.append(
            Doubt(
                f"follow_up.{month}.none_known",
                ("complications",),
                f"{len(kinds)} recorded",
                message % {"complications": listed(kinds)},
            )
        )
    return found


def doubts_of_complication(
    answers: Answers, *, case: Case, complication: Complication | None = None
) -> list[Doubt]:
    onset = case.procedure_date + timedelta(days=answers.get("onset_day") or 0)
    denied = case.follow_ups.filter(complications=Complications.NONE_KNOWN, seen_on__gte=onset)
    return [
        Doubt(
            f"complication.{complication.pk if complication else answers.get('kind')}.{visit.month}",
            ("onset_day",),
            f"day {answers.get('onset_day')}",
            _("The follow-up at %(month)s, on %(day)s, says that no complication is known.")
            % {"month": visit.get_month_display(), "day": date_format(visit.seen_on, "j M Y")},
        )
        for visit in denied
        if visit.seen_on
    ]


def doubts_of_cycle(answers: Answers, *, case: Case) -> list[Doubt]:
    started = answers.get("started_on")
    about = f"cycle of {started}"
    found = []
    if started and started < case.procedure_date:
        message = _("The pick-up was before the operation, which was on %(day)s.")
        message %= {"day": date_format(case.procedure_date, "j M Y")}
        found.append(Doubt("icsi.before_operation", ("started_on",), about, message))
    if answers.get("clinical_pregnancy") == Pregnancy.YES and answers.get("transferred_n") == 0:
        message = _("A pregnancy, yet no embryo was transferred.")
        found.append(Doubt("icsi.pregnant_without_transfer", ("transferred_n",), about, message))
    transferred, fertilised = answers.get("transferred_n"), answers.get("two_pn_n")
    if transferred is not None and fertilised is not None and transferred > fertilised:
        numbers = {"transferred": transferred, "fertilised": fertilised}
        message = _("%(transferred)s embryos transferred, %(fertilised)s fertilised. Check both numbers.")
        fields, code = ("transferred_n", "two_pn_n"), "icsi.transferred_of_fertilised"
        found.append(Doubt(code, fields, f"{about}: {transferred} of {fertilised}", message % numbers))
    if answers.get("sperm_source") and _no_sperm(case):
        message = _("The laboratory's final report of this operation says that no sperm was found.")
        found.append(Doubt("icsi.no_sperm", ("sperm_source",), about, message))
    return found


def _no_sperm(case: Case) -> bool:
    report = getattr(case, "laboratory_report", None)
    if report is None or not report.is_final:
        return False
    of_sides = Finding.objects.filter(testis__case=case).values_list("sperm_found", flat=True)
    return best_finding(of_sides) == SpermFound.NONE


def timing(visit: FollowUp, operated: date) -> str:
    """What there is to say of a visit outside the weeks of its month; "" of one within them."""
    if visit.seen_on is None or visit.seen_on in visits.window(operated, visit.month):
        return ""
    months = FollowUpMonth(visit.month).label
    apart = abs((visit.seen_on - visits.due_on(operated, visit.month)).days) // 7
    early = visit.seen_on < visits.due_on(operated, visit.month)
    words = (
        ngettext("%(weeks)s week earlier than %(months)s.", "%(weeks)s weeks earlier than %(months)s.", apart)
        if early
        else ngettext(
            "%(weeks)s week later than %(months)s.", "%(weeks)s weeks later than %(months)s.", apart
        )
    )
    return words % {"weeks": apart, "months": months}
