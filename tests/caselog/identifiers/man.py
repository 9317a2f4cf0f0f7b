"""A man's name and hospital number, and where they are looked for."""

import json

from cryptography.fernet import Fernet
from django.db import connection

NAME = "عبد الرحمٰن الكيلاني"
NUMBER = "HN-70012345"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored():
    """The table as the database holds it, in one text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, hospital_number, hospital_number_index FROM caselog_localidentifiers")
        return json.dumps(cursor.fetchall(), ensure_ascii=False)


def shows(text):
    """What of the man's identifiers stands in this text."""
    given = [NAME, *NAME.split(), NUMBER, NUMBER.casefold(), json.dumps(NAME)[1:-1]]
    return [part for part in given if part in text]
