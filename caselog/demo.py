"""A synthetic clinic, made by the services and a seeded generator. No figure in it is a patient's.

Outcomes are dealt from stacks of fixed size instead of drawn, so that the audit of the demo
shows each verdict, pending results, abandoned operations and overlapping groups on any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from caselog.choices import FROZEN, Role
from caselog.demo_afterwards import Afterwards
from caselog.demo_dates import date_back
from caselog.models import Case, Clinic, Period, User
from caselog.services import cases, clinics, doubts, laboratory, periods

PASSWORD = "demo clinic 2024"  # noqa: S105  shown to everybody who starts the demo
CLINICS = ["Cedar Andrology (synthetic)", "Harbour Fertility (synthetic)"]
PEOPLE = [
    # e-mail, name, roles in the first clinic, roles in the second
    ("admin@demo.example", "Amal Karim", [Role.ADMINISTRATOR], [Role.ADMINISTRATOR]),
    ("surgeon@demo.example", "Layla Haddad", [Role.SURGEON], []),
    ("surgeon2@demo.example", "Omar Nasser", [Role.SURGEON], []),
    ("embryologist@demo.example", "Noor Saleh", [Role.EMBRYOLOGIST], []),
    ("embryologist2@demo.example", "Hana Aziz", [Role.EMBRYOLOGIST], []),
    ("reader@demo.example", "Rami Khoury", [Role.READER], []),
    ("surgeon@harbour.example", "Deniz Aydın", [], [Role.SURGEON]),
    ("embryologist@harbour.example", "Elif Kaya", [], [Role.EMBRYOLOGIST]),
]
DAYS = 3 * 365


@dataclass(frozen=True)
class Group:
    """Men of one kind: how many, how many with sperm found, how many still waiting for the result."""

    men: int
    found: int
    pending: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    procedure: str = "micro_tese"
    repeated: int = 0  # men without sperm who come back, and of them those with sperm found then
    found_again: int = 0


_NOA = {"azoospermia_type": "noa", "klinefelter_status": "not_klinefelter", "y_microdeletion": "none"}
_OA = {"azoospermia_type": "oa", "klinefelter_status": "not_tested"}
_UNKNOWN = {"azoospermia_type": "uncertain", "primary_aetiology": "unknown", "klinefelter_status": "unknown"}
_CRYPTO = {
    "azoospermia_type": "not_azoospermic",
    "primary_aetiology": "other",
    "klinefelter_status": "not_tested",
}
_KLINEFELTER = _NOA | {"primary_aetiology": "klinefelter"}
_FAILED_ELSEWHERE = {
    "attempt_number": 2,
    "prior_retrieval": "none_found",
    "prior_procedure": "conventional_tese",
}
CEDAR = [
    Group(14, 10, 0, _OA | {"primary_aetiology": "vasectomy"}, "tesa"),
    Group(6, 5, 0, _OA | {"primary_aetiology": "cbavd", "cftr": "two_variants"}, "pesa"),
    Group(6, 5, 1, _OA | {"primary_aetiology": "post_infective"}, "conventional_tese"),
    Group(22, 8, 1, _NOA | {"primary_aetiology": "idiopathic"}, "conventional_tese", 6, 2),
    Group(7, 4, 0, _NOA | {"primary_aetiology": "cryptorchidism"}, "conventional_tese"),
    Group(24, 14, 1, _NOA | {"primary_aetiology": "idiopathic"}, "micro_tese", 4, 1),
    Group(8, 6, 0, _NOA | {"primary_aetiology": "cryptorchidism"}),
    Group(9, 6, 0, _KLINEFELTER | {"klinefelter_status": "non_mosaic"}, repeated=2),
    Group(2, 2, 0, _KLINEFELTER | {"klinefelter_status": "mosaic"} | _FAILED_ELSEWHERE),
    Group(5, 4, 0, _NOA | {"primary_aetiology": "azf_deletion", "y_microdeletion": "azfc"}),
    Group(2, 0, 0, _NOA | {"primary_aetiology": "azf_deletion", "y_microdeletion": "azfb"}),
    Group(2, 1, 0, _NOA | {"primary_aetiology": "other_genetic"}),
    Group(5, 3, 1, _NOA | {"primary_aetiology": "chemotherapy", "klinefelter_status": "not_tested"}),
    Group(4, 3, 0, _NOA | {"primary_aetiology": "orchitis", "y_microdeletion": "not_tested"}),
    Group(4, 2, 0, _UNKNOWN),
    Group(4, 4, 0, _CRYPTO, "tesa"),
]  # fmt: skip
# Conventional first, micro-TESE in the same operation where that found nothing: in the rate of neither.
COMBINED = Group(
    1, 1, 0, _NOA | {"primary_aetiology": "idiopathic", "preceding_procedures": ["conventional_tese"]}
)
HARBOUR = [
    Group(5, 3, 1, _NOA | {"primary_aetiology": "idiopathic"}),
    Group(4, 4, 0, _OA | {"primary_aetiology": "vasectomy"}, "tesa"),
    Group(3, 1, 0, _NOA | {"primary_aetiology": "idiopathic"}, "conventional_tese"),
]
ABANDONED = [
    ("micro_tese", "Anaesthetic problem before the search"),
    ("micro_tese", "Equipment: the microscope failed"),
    ("conventional_tese", "Dense scarring, no safe access"),
]
CANCELLED = ["Fever on the morning of the operation", "The couple decided otherwise"]
DRAFTS = 4


def make(*, today: date) -> None:
    """Two synthetic clinics with their people and cases; the same every time for one `today`."""
    maker = User.objects.create_superuser(PEOPLE[0][0], PASSWORD, name=PEOPLE[0][1])
    for position, (name, groups) in enumerate(zip(CLINICS, [CEDAR, HARBOUR], strict=True)):
        clinic = clinics.create_clinic(by=maker, name=name, synthetic=True)
        for person in PEOPLE[1:]:
            for role in person[2 + position]:
                clinics.add_member(by=maker, clinic=clinic, email=person[0], name=person[1], role=role)
        for user in User.objects.filter(memberships__clinic=clinic).distinct():
            if not user.has_usable_password():
                user.password = maker.password  # one public password, hashed once: that takes a second
                user.save(update_fields=["password"])
        made = _Maker(clinic, today=today, seed=position)
        made.run(groups, whole=position == 0)
        Afterwards(clinic, by=made.surgeons, today=today, seed=position).run()
        date_back(clinic, by=maker, today=today, seed=position)
        _close_the_books(clinic, by=maker, surgeon=made.surgeons[0], today=today)


def _close_the_books(clinic: Clinic, *, by: User, surgeon: User, today: date) -> None:
    """This year open, the last one closed, the one before locked, with one amendment since."""
    for year in range(today.year - 2, today.year + 1):
        days = {"since": date(year, 1, 1), "until": date(year, 12, 31)}
        period = periods.open_period(by=by, clinic=clinic, **days)
        why = "What is missing is not coming any more" if periods.missing(period) else ""
        if year < today.year:
            periods.close_period(by=by, period=period, today=today, reason=why)
        if year == today.year - 2:
            periods.lock_period(by=by, period=period, reason=why)
            _amend(clinic, period, by=surgeon, today=today)


def _amend(clinic: Clinic, period: Period, *, by: User, today: date) -> None:
    performed = Case.objects.filter(clinic=clinic).performed()
    case = performed.filter(procedure_date__range=(period.since, period.until)).order_by("pk").first()
    if case is None:
        return
    side = case.testes.order_by("-side")[0].side
    answers = cases.answers_of(case)
    answers |= {f"{side}_samples_n": (answers[f"{side}_samples_n"] or 0) + 1}
    cases.save_operation(
        by=by,
        clinic=clinic,
        case=case,
        answers=answers,
        today=today,
        reason="Counted again from the theatre's book",
        confirmed=doubts.confirming(doubts.doubts_of(answers), reason="As at the signature"),
    )


class _Maker:
    """Deals the cases of one clinic in the order in which they happened."""

    def __init__(self, clinic: Clinic, *, today: date, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  reproducible, not secret
        self.of_examination = Random(seed)  # noqa: S311  its own, so that the operations stay the same
        self.clinic, self.today = clinic, today
        self.surgeons = self._people(Role.SURGEON)
        self.laboratory = self._people(Role.EMBRYOLOGIST)
        self.witnesses = list(User.objects.filter(memberships__clinic=clinic).distinct().order_by("pk"))

    def _people(self, role: Role) -> list[User]:
        return list(
            User.objects.filter(memberships__clinic=self.clinic, memberships__role=role).order_by("pk")
        )

    def run(self, groups: list[Group], *, whole: bool) -> None:
        operations = [operation for group in groups for operation in self._dealt(group)]
        self.random.shuffle(operations)
        # Waiting results are recent ones; men come back in the last quarter, with a result behind them.
        operations.sort(key=lambda operation: operation[2])
        first = self.today - timedelta(days=DAYS)
        again: list[tuple[str, Group, str]] = []
        for number, (group, result, late) in enumerate(operations):
            on = first + timedelta(days=DAYS * number * 3 // (len(operations) * 4))
            if late:
                on = self.today - timedelta(days=9 * (len(operations) - number) + 25)
            on = self._working_day(on)
            code = f"{'K' if whole else 'H'}-{number + 1:04d}"
            self._operate(group, code, on, result)
            if result == "none" and sum(g is group for _c, g, _r in again) < group.repeated:
                dealt = sum(g is group for _c, g, _r in again)
                again.append((code, group, "motile" if dealt < group.found_again else "none"))
        for number, (code, group, result) in enumerate(again):
            on = first + timedelta(days=DAYS * 3 // 4 + number * DAYS // 5 // len(again))
            self._operate(group, code, self._working_day(on), result, again=True)
        if whole:
            self._unfinished()
            self._operate(COMBINED, "K-0700", self._working_day(self.today - timedelta(days=200)), "motile")

    def _dealt(self, group: Group) -> Iterator[tuple[Group, str, bool]]:
        """One result for each man; most that is found moves. Late ones are still waiting."""
        none = group.men - group.found - group.pending
        for number in range(group.found):
            yield group, "immotile" if number % 7 == 6 else "motile", False
        yield from ((group, "none", False) for _ in range(none))
        yield from ((group, "", True) for _ in range(group.pending))

    def _working_day(self, day: date) -> date:
        while day.weekday() >= 5:
            day -= timedelta(days=1)
        return min(day, self.today)

    def _operate(self, group: Group, code: str, on: date, result: str, *, again: bool = False) -> None:
        procedure = "micro_tese" if again else group.procedure
        surgeon = self.random.choice(self.surgeons)
        earlier = cases.from_earlier_case(self.clinic, code=code, on=on) if again else {}
        answers = {
            "patient_code": code,
            "procedure_date": on,
            "birth_year": earlier.get("birth_year") or on.year - self.random.randint(26, 46),
            "attempt_number": earlier.get("attempt_number", 1),
            "prior_retrieval": earlier.get("prior_retrieval", "no_prior"),
            "prior_procedure": earlier.get("prior_procedure", ""),
            "surgeon": surgeon,
            "procedure": procedure,
            **group.answers,
            **self._surgery(procedure),
            **self._examination(group.answers),
        }
        case = cases.save_operation(
            by=surgeon,
            clinic=self.clinic,
            today=self.today,
            sign=True,
            answers=answers,
            confirmed=doubts.confirming(doubts.doubts_of(answers), reason="The couple's wish, after advice"),
        )
        self._report(case, result)

    def _surgery(self, procedure: str) -> dict[str, Any]:
        both = procedure in ("micro_tese", "conventional_tese") and self.random.random() < 0.7
        sides = "both" if both else self.random.choice(["right", "left"])
        answers: dict[str, Any] = {
            "sides": sides,
            "anaesthesia": "general"
            if procedure == "micro_tese"
            else self.random.choice(["spinal", "local_sedation"]),
        }
        if procedure in ("micro_tese", "mesa"):
            answers["magnification"] = "microscope"
        median = {"micro_tese": 95, "conventional_tese": 520}.get(procedure, 25)
        for side in ("right", "left") if both else (sides,):
            weighed = self.random.random() < 0.8
            answers[f"{side}_weighing"] = "balance" if weighed else "not_weighed"
            if weighed:
                answers[f"{side}_tissue_weight_mg"] = max(
                    2, round(self.random.lognormvariate(0, 0.45) * median)
                )
            answers[f"{side}_samples_n"] = self.random.randint(2, 9)
        return answers

    def _examination(self, man: dict[str, Any]) -> dict[str, Any]:
        """Hormones and testis volumes of some men, as their kind of azoospermia has them."""
        draw = self.of_examination
        if draw.random() < 0.6:
            return {}
        fsh, testosterone, volume = (5, 16, 18) if man["azoospermia_type"] == "oa" else (19, 13, 10)
        if man["primary_aetiology"] == "klinefelter":
            fsh, testosterone, volume = 32, 8, 3
        found: dict[str, Any] = {"testis_volume_method": "orchidometer"}
        for hormone, usual, unit in (("fsh", fsh, "iu_l"), ("testosterone", testosterone, "nmol_l")):
            found |= {
                f"{hormone}_result": "measured",
                f"{hormone}_value": Decimal(round(usual * draw.uniform(0.75, 1.3) * 10)) / 10,
                f"{hormone}_unit": unit,
            }
        for side in ("right", "left"):
            found[f"{side}_testis_volume_ml"] = Decimal(round(volume * draw.uniform(0.8, 1.2)))
        return found

    def _report(self, case: Case, result: str) -> None:
        """The laboratory's report: final, or for a result still awaited preliminary or none at all."""
        if not result and self.random.random() < 0.5:
            return
        by = self.random.choice(self.laboratory)
        sides = [testis.side for testis in case.testes.all()]
        best = self.random.choice(sides)
        answers: dict[str, Any] = {
            f"{side}_sperm_found": (result or "none") if side == best else "none" for side in sides
        }
        answers |= {
            "processing_methods": self.random.choice(
                [["mincing"], ["mincing", "erythrocyte_lysis"], ["enzymatic"]]
            ),
            "search_minutes": self.random.randint(30, 240),
        }
        if result:
            answers["disposition"] = (
                "discarded" if result == "none" else self.random.choice(["frozen", "fresh", "both"])
            )
            if answers["disposition"] in FROZEN:
                answers["vials_n"] = 2 * len(sides)
            answers["witness"] = self.random.choice([person for person in self.witnesses if person != by])
        laboratory.report(by=by, case=case, answers=answers, final=bool(result))

    def _unfinished(self) -> None:
        """What every clinic has: operations given up, called off, or not written up yet."""
        surgeon = self.surgeons[0]
        usual = _NOA | {
            "primary_aetiology": "idiopathic",
            "age_at_procedure": 35,
            "attempt_number": 1,
            "prior_retrieval": "no_prior",
            "surgeon": surgeon,
        }
        stopped = [("abandoned", procedure, reason) for procedure, reason in ABANDONED]
        stopped += [("cancelled", "", reason) for reason in CANCELLED]
        for number, (status, procedure, reason) in enumerate(stopped):
            on = self._working_day(self.today - timedelta(days=90 + 150 * number))
            answers = {"patient_code": f"K-09{number:02d}", "procedure_date": on, "status": status}
            answers |= usual | {"status_reason": reason, "procedure": procedure}
            cases.save_operation(by=surgeon, clinic=self.clinic, answers=answers, today=self.today, sign=True)
        for number in range(DRAFTS):
            on = self._working_day(self.today - timedelta(days=3 * number))
            answers = {"patient_code": f"K-08{number:02d}", "procedure_date": on, "surgeon": surgeon}
            if number:
                answers |= {"azoospermia_type": "noa", "procedure": "micro_tese", "sides": "both"}
            cases.save_operation(by=surgeon, clinic=self.clinic, answers=answers, today=self.today)
