"""The real server on a new database with a small clinic; run by conftest.py, never collected.

Argument: the port. Prints one line of JSON, what a test needs to know, and then serves.
"""

import json
import sys
from datetime import date

import django
from django.conf import settings

PORT = int(sys.argv[1])
WRITERS = 20


def prepare():
    from django.core.management import call_command

    # Tables straight from the models; that migrations make the same ones is tested elsewhere.
    settings.MIGRATION_MODULES = {"caselog": None, "audit": None}
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def world() -> dict:
    from django.test import Client

    from caselog.choices import Role
    from caselog.models import Clinic, Membership, User
    from caselog.services import cases, laboratory
    from caselog.services.tokens import create_token

    clinic = Clinic.objects.create(name="Cedar")
    people = []
    for number in range(WRITERS):
        person = User.objects.create_user(f"writer{number}@clinic.example", None, name=f"Writer {number}")
        for role in (Role.SURGEON, Role.EMBRYOLOGIST):
            Membership.objects.create(clinic=clinic, user=person, role=role)
        browser = Client()
        browser.force_login(person)
        people.append(
            {
                "id": person.pk,
                "token": create_token(by=person, days=1)[1],
                "session": browser.cookies[settings.SESSION_COOKIE_NAME].value,
            }
        )
    answers = {
        "patient_code": "K-0001",
        "procedure_date": date(2025, 3, 4),
        "status": "performed",
        "procedure": "micro_tese",
        "sides": "both",
    }
    first = User.objects.get(pk=people[0]["id"])
    case = cases.save_operation(by=first, clinic=clinic, answers=answers, today=date(2025, 6, 30))
    report = laboratory.report(by=first, case=case, answers={"search_minutes": 0}, final=False)
    return {"clinic": clinic.pk, "people": people, "case": case.pk, "report": report.pk}


if __name__ == "__main__":
    django.setup()
    from caselog.management.commands.run import Command

    prepare()
    print(json.dumps(world()), flush=True)  # noqa: T201
    Command()._serve(demo=False, host="127.0.0.1", port=PORT, workers=1)
