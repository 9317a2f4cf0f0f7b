"""What followed the operations of a synthetic clinic: histology, visits, complications, ICSI cycles.

Drawn by a generator of its own, so that the operations and their results stay what they were.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from caselog import visits
from caselog.choices import FROZEN, RETRIEVED, Disposition, FollowUpMonth, HistologyPattern
from caselog.models import Case, Clinic, User
from caselog.services import doubts, follow_up, histology
from caselog.services.errors import Doubtful

# Of the men whose time has come, how many come back; nobody knows of some of the others.
_SEEN = {
    FollowUpMonth.M3: 0.5,
    FollowUpMonth.M6: 0.35,
    FollowUpMonth.M12: 0.25,
    FollowUpMonth.M18: 0.15,
}
_COMPLICATIONS = [
    {"kind": "haematoma", "grade": "1", "onset_day": 2},
    {"kind": "infection", "grade": "2", "onset_day": 6},
    {"kind": "wound", "grade": "1", "onset_day": 9},
    {"kind": "haematoma", "grade": "3b", "onset_day": 1, "complication_note": "Drained in theatre"},
    {"kind": "hydrocele", "grade": "1", "onset_day": 40},
]
_COMPLICATED = {"conventional_tese": 0.12, "micro_tese": 0.05}
_WITHOUT_SPERM = ["sertoli_cell_only", "sertoli_cell_only", "early_arrest", "hyalinisation", "mixed"]
_WITH_SPERM = ["hypospermatogenesis", "hypospermatogenesis", "late_arrest", "mixed", "normal"]


class Afterwards:
    """Deals what followed each signed operation of one clinic, in the order of operation."""

    def __init__(self, clinic: Clinic, *, by: Sequence[User], today: date, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  reproducible, not secret
        self.clinic, self.by, self.today = clinic, by, today
        self.neoplasia_told = False

    def run(self) -> None:
        operated = self.clinic.cases.followed_up().select_related("clinic", "laboratory_report")
        for case in operated.prefetch_related("testes__finding").order_by("procedure_date", "pk"):
            report = getattr(case, "laboratory_report", None)
            if report is not None and report.is_final:
                self._histology(case)
                self._cycle(case, report.disposition)
            complication = self._complication(case)
            for month in FollowUpMonth:
                self._visit(case, month, complication)

    def _histology(self, case: Case) -> None:
        if self.random.random() > 0.3:
            return
        answers: dict[str, Any] = {}
        for testis in case.testes.all():
            found = testis.finding.sperm_found in RETRIEVED
            pattern = self.random.choice(_WITH_SPERM if found else _WITHOUT_SPERM)
            answers[f"{testis.side}_pattern"] = pattern
            answers[f"{testis.side}_johnsen_mean"] = (
                Decimal(self.random.randint(60, 85) if found else 20) / 10
            )
        side = case.testes.all()[0].side
        if not self.neoplasia_told and case.procedure_date > self.today - timedelta(days=200):
            answers[f"{side}_pattern"] = HistologyPattern.GERM_CELL_NEOPLASIA
            self.neoplasia_told = True
        histology.record_histology(by=self._person(), case=case, answers=answers)

    def _cycle(self, case: Case, disposition: str) -> None:
        fresh = disposition == Disposition.FRESH
        if not (fresh or disposition in FROZEN) or self.random.random() > 0.3:
            return
        days = 0 if fresh else self.random.randint(40, 250)
        on = case.procedure_date + timedelta(days=days)
        if on > self.today:
            return
        injected = self.random.randint(4, 14)
        fertilised = self.random.randint(1, injected)
        answers: dict[str, Any] = {
            "started_on": on,
            "sperm_source": "fresh" if fresh else "frozen",
            "mii_injected_n": injected,
            "two_pn_n": fertilised,
            "transferred_n": min(fertilised, self.random.randint(1, 2)),
        }
        pregnant = self.random.random() < 0.4
        answers["clinical_pregnancy"] = "yes" if pregnant else "no"
        if pregnant:
            answers |= {"fetuses_n": 1} | self._birth((self.today - on).days)
        follow_up.save_cycle(by=self._person(), case=case, answers=answers, today=self.today)

    def _birth(self, days_since: int) -> dict[str, Any]:
        if days_since < 280:
            return {"live_birth": "pending"}
        if self.random.random() < 0.2:
            return {"pregnancy_loss": "yes", "live_birth": "no"}
        return {
            "pregnancy_loss": "no",
            "live_birth": "yes",
            "gestation_weeks": self.random.randint(36, 41),
            "birthweight_g": self.random.randint(26, 39) * 100,
        }

    def _complication(self, case: Case) -> dict[str, Any] | None:
        if self.random.random() > _COMPLICATED.get(case.procedure, 0):
            return None
        answers: dict[str, Any] = dict(self.random.choice(_COMPLICATIONS))
        if case.procedure_date + timedelta(days=answers["onset_day"]) > self.today:
            return None
        follow_up.save_complication(by=self._person(), case=case, answers=answers, today=self.today)
        return answers

    def _visit(self, case: Case, month: FollowUpMonth, complication: dict[str, Any] | None) -> None:
        on = visits.due_on(case.procedure_date, month) + timedelta(days=self.random.randint(-20, 30))
        drawn = self.random.random()
        if on > self.today or drawn > _SEEN[month] + 0.1:
            return
        answers: dict[str, Any] = {"complications": "not_followed"}
        if drawn < _SEEN[month]:
            answers = {
                "complications": "some" if complication else "none_known",
                "seen_on": on,
                "replacement_started": "yes" if self.random.random() < 0.05 else "no",
                **self._testosterone(case, on),
            }
        self._save_visit(by=self._person(), case=case, month=month, answers=answers, today=self.today)

    def _testosterone(self, case: Case, on: date) -> dict[str, Any]:
        if self.random.random() < 0.15:
            return {"testosterone_result": "not_done"}
        usual = 7 if case.primary_aetiology == "klinefelter" else 14
        return {
            "testosterone_result": "measured",
            "testosterone_value": Decimal(round(usual * self.random.uniform(0.7, 1.3) * 10)) / 10,
            "testosterone_unit": "nmol_l",
            "testosterone_taken_on": on,
        }

    def _save_visit(self, **asked: Any) -> None:
        """Whoever was asked about an unusual answer said that it is right."""
        try:
            follow_up.save_visit(**asked)
        except Doubtful as doubtful:
            follow_up.save_visit(**asked, confirmed=doubts.confirming(doubtful.doubts))

    def _person(self) -> User:
        return self.random.choice(self.by)
