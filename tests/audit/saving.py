"""A case of an audit, changed as its surgeon does it."""

from datetime import date

from caselog.services import cases

TODAY = date(2025, 6, 30)


def save(case, reason="", **changes):
    answers = cases.answers_of(case) | changes
    cases.save_operation(
        by=case.surgeon, clinic=case.clinic, case=case, answers=answers, today=TODAY, reason=reason
    )
