"""Reads what people type: Western, Arabic and Persian digits, decimals either way, months by name."""

import re
from datetime import date, time
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import override

from caselog.text import clean_text

_GROUPED = re.compile(r"\d{1,3}(٬\d{3})+(٫\d+)?")
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
# "1,234" may be read as 1234 or as 1.234; "0,123" and "12,5" only one way.
_EITHER_WAY = re.compile(r"-?[1-9]\d{0,2},\d{3}")
_LONGEST = 15

_LEVANTINE_MONTHS = (
    ("كانون الثاني", 1),
    ("شباط", 2),
    ("آذار", 3),
    ("نيسان", 4),
    ("أيار", 5),
    ("حزيران", 6),
    ("تموز", 7),
    ("آب", 8),
    ("أيلول", 9),
    ("تشرين الأول", 10),
    ("تشرين الثاني", 11),
    ("كانون الأول", 12),
)


def read_number(typed: object) -> Decimal | None:
    """The number typed, None for nothing. Raises ValidationError."""
    text = clean_text(typed).replace("−", "-").replace("،", ",")
    if not text:
        return None
    if _EITHER_WAY.fullmatch(text):
        whole = text.replace(",", "")
        raise ValidationError(
            _("“%(typed)s” may mean %(whole)s or %(decimal)s. Write it without a comma."),
            params={"typed": typed, "whole": whole, "decimal": text.replace(",", ".")},
        )
    if _GROUPED.fullmatch(text):
        text = text.replace("٬", "")
    text = text.replace("٫", ".").replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise ValidationError(
            _("“%(typed)s” is not a number. Write digits, like 12 or 12.5."), params={"typed": typed}
        )
    if len(text) > _LONGEST:
        raise ValidationError(_("“%(typed)s” is too long for a number here."), params={"typed": typed})
    return Decimal(text)


def read_whole_number(typed: object) -> int | None:
    number = read_number(typed)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise ValidationError(_("“%(typed)s” is not a whole number."), params={"typed": typed})
    return int(number)


def plain(number: Decimal) -> str:
    """The shortest way to write it, with ASCII digits and no exponent: 120, 0.5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_date(day: object, month: object, year: object) -> date | None:
    """The date typed in three parts, None for nothing. Raises ValidationError."""
    parts = [clean_text(part) for part in (day, month, year)]
    if not any(parts):
        return None
    if not all(parts):
        raise ValidationError(_("Give the day, the month and the year."))
    typed = " ".join(parts)
    if not re.fullmatch(r"\d{4}", parts[2]):
        raise ValidationError(_("“%(typed)s” is not a year. Write four digits."), params={"typed": parts[2]})
    number = _read_month(parts[1])
    if number is None:
        raise ValidationError(
            _("“%(typed)s” is not a month. Write its name or a number from 1 to 12."),
            params={"typed": parts[1]},
        )
    try:
        return date(int(parts[2]), number, int(parts[0]))
    except ValueError as error:
        raise ValidationError(_("There is no such day: %(typed)s."), params={"typed": typed}) from error


def read_time(typed: object) -> time | None:
    """The time of day typed, None for nothing. Raises ValidationError."""
    text = clean_text(typed)
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})[:.h]?(\d{2})", text)
    try:
        return time(int(found[1]), int(found[2])) if found else _no_time(text)
    except ValueError:
        return _no_time(text)


def _no_time(text: str):
    raise ValidationError(
        _("“%(typed)s” is not a time. Write hours and minutes, for example 09:30."), params={"typed": text}
    )


def _read_month(text: str) -> int | None:
    if text.isdecimal():
        return int(text) if 1 <= int(text[:3]) <= 12 and len(text) <= 2 else None
    return _month_names().get(_folded(text))


def _month_names() -> dict[str, int]:
    names = {_folded(name): number for name, number in _LEVANTINE_MONTHS}
    for language in ("en", "ar"):
        with override(language):
            for number in MONTHS:
                names[_folded(str(MONTHS[number]))] = names[_folded(str(MONTHS_3[number]))] = number
    return names | {"sept": 9}


def _folded(name: str) -> str:
    """Case, the dot of an abbreviation and the seats of hamza are written either way."""
    return re.sub("[أإآ]", "ا", name.casefold().rstrip("."))
