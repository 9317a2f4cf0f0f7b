"""What a cell of a spreadsheet means, by shown rules; what could mean two things is refused.

The rules stand in docs/user-guide/spreadsheet-audit.md.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from caselog.choices import (
    AzoospermiaType,
    KlinefelterStatus,
    PriorRetrieval,
    Procedure,
    Sides,
    SpermFound,
    Weighing,
    YMicrodeletion,
)
from caselog.dictionary import Entry
from caselog.excel.reader import Cell

_YES = ("yes", "y", "true", "positive", "نعم", "evet", "var")
_NO = ("no", "n", "false", "negative", "لا", "hayır", "yok")
_MEANT: dict[type[models.TextChoices], dict[str, tuple[str, ...]]] = {
    AzoospermiaType: {
        AzoospermiaType.OBSTRUCTIVE: ("obstructive azoospermia", "انسدادي", "obstrüktif"),
        AzoospermiaType.NON_OBSTRUCTIVE: (
            "nonobstructive", "nonobstructive azoospermia", "غير انسدادي", "non-obstrüktif",
        ),
    },
    # "TESE" alone is missing on purpose: it is said of both techniques.
    Procedure: {
        Procedure.MICRO_TESE: (
            "mTESE", "μTESE", "microdissection TESE", "microsurgical TESE", "الخصية المجهرية", "mikro-TESE",
        ),
        Procedure.CONVENTIONAL_TESE: ("cTESE", "open TESE", "standard TESE", "klasik TESE"),
        Procedure.TEFNA: ("TEFNA",),
    },
    SpermFound: {
        SpermFound.UNSPECIFIED: ("found", "sperm found", *_YES),
        SpermFound.NONE: ("not found", "no sperm", *_NO),
        SpermFound.IMMOTILE: ("immotile", "غير متحركة", "hareketsiz"),
        SpermFound.MOTILE: ("متحركة", "hareketli"),
    },
    KlinefelterStatus: {
        KlinefelterStatus.NOT_KLINEFELTER: _NO,
        KlinefelterStatus.NON_MOSAIC: ("47,XXY", "non mosaic"),
        KlinefelterStatus.MOSAIC: ("46,XY/47,XXY", "47,XXY/46,XY", "mosaic"),
        KlinefelterStatus.NOT_TESTED: ("not done", "لم يُفحص"),
    },
    YMicrodeletion: {YMicrodeletion.NONE: _NO, YMicrodeletion.NOT_TESTED: ("not done", "لم يُفحص")},
    PriorRetrieval: {PriorRetrieval.NONE_FOUND: ("failed before",)},
    Sides: {Sides.BOTH: ("bilateral",), Sides.RIGHT: ("r", "right testis"), Sides.LEFT: ("l", "left testis")},
    Weighing: {Weighing.NOT_WEIGHED: ("not done",)},
}  # fmt: skip
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫−", "01234567890123456789.-")
_LETTERS = str.maketrans("أإآىة", "ااايه")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_BETWEEN = re.compile(r"[;؛\n]")
_BETWEEN_IF_ONE_IS_UNKNOWN = re.compile(r"[;؛\n,،]")  # a comma stands within some words too
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


class NotAValue(ValueError):
    """The cell holds nothing that this field could mean."""

    def __init__(self, rule: str, remedy: str):
        super().__init__(rule)
        self.rule, self.remedy = rule, remedy


def normalised(text: str) -> str:
    """Letters and digits only, so that case, spaces, hyphens and underscores make no difference."""
    folded = unicodedata.normalize("NFKC", text).translate(_DIGITS).casefold().translate(_LETTERS)
    return "".join(letter for letter in folded if letter.isalnum() and letter != "\u0640")


def parse(entry: Entry, cell: Cell, without: Collection[str] = (), power: int = 0) -> Any:
    """The value of the field that a cell which is not empty means.

    without: codes that the field has and this column does not allow.
    power: of ten, from the column's unit to the field's: 3 where grams are read as milligrams.
    Raises NotAValue.
    """
    field = entry.model_field
    if entry.several:
        return _codes(entry, cell, without)
    if field.flatchoices:
        return _code(entry, cell, without)
    if isinstance(field, models.DateField):
        return _date(cell)
    if isinstance(field, models.TimeField):
        return _time(cell)
    if isinstance(field, models.ForeignKey):
        return text_of(cell)  # a name; who that is depends on the clinic
    if isinstance(field, models.DecimalField):
        return _within_limits(field, Decimal(f"{_decimal(cell).scaleb(power):f}"))
    if isinstance(field, models.IntegerField):
        return _within_limits(field, _integer(cell))
    return _within_limits(field, text_of(cell))


def is_not_recorded(cell: Cell) -> bool:
    """An empty cell, or one of which our own export says that nothing was recorded."""
    return cell is None or (isinstance(cell, str) and normalised(cell) in _not_recorded())


@cache
def _not_recorded() -> set[str]:
    said = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said.add(normalised(pgettext("answer", "not recorded")))
    return said


def text_of(cell: Cell) -> str:
    """A code that a spreadsheet took for a number reads as it is shown: 7, not 7.0."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)


@cache
def vocabulary(entry: Entry) -> dict[str, str]:
    """Every way to write a code of this field, normalised; the code itself comes first."""
    ways: dict[str, str] = {}
    for code, _label in entry.choices:
        ways.setdefault(normalised(code), code)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, label in entry.choices:
                ways.setdefault(normalised(str(label)), code)
    for kind, meant in _MEANT.items():
        if {code for code, _label in entry.choices} == set(kind.values):
            for code, synonyms in meant.items():
                for synonym in synonyms:
                    ways.setdefault(normalised(synonym), str(code))
    return ways


def _code(entry: Entry, cell: Cell, without: Collection[str]) -> str:
    ways = {way: code for way, code in vocabulary(entry).items() if code not in without}
    key = normalised(text_of(cell))
    if key in ways:
        return ways[key]
    codes = [code for code, _label in entry.choices if code not in without]
    close = {ways[way] for way in get_close_matches(key, ways, n=5, cutoff=0.75)}
    remedy = (
        _("write “%(code)s” if that is meant") % {"code": close.pop()}
        if len(close) == 1
        else _("write one of these, or leave the cell empty if it is not recorded")
    )
    raise NotAValue(_("must be one of: %(codes)s") % {"codes": ", ".join(codes)}, remedy)


def _codes(entry: Entry, cell: Cell, without: Collection[str]) -> list[str]:
    """Several codes in one cell, in the order written."""
    text, ways = text_of(cell), vocabulary(entry)
    pieces = [piece for piece in _BETWEEN.split(text) if piece.strip()]
    if any(normalised(piece) not in ways for piece in pieces):
        pieces = [piece for piece in _BETWEEN_IF_ONE_IS_UNKNOWN.split(text) if piece.strip()]
    return list(dict.fromkeys(_code(entry, piece, without) for piece in pieces))


def _time(cell: Cell) -> time:
    if isinstance(cell, time):
        return cell
    if isinstance(cell, str) and (parts := _TIME.fullmatch(cell.translate(_DIGITS))):
        try:
            hours, minutes, seconds = (int(part or 0) for part in parts.groups())
            return time(hours, minutes, seconds)
        except ValueError:
            pass
    raise NotAValue(
        _("must be a time of day"),
        _("write hours and minutes, such as 09:30, or type it as a time in Excel"),
    )


def _date(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str) and (parts := _ISO_DATE.fullmatch(cell.translate(_DIGITS))):
        try:
            return date(*(int(part) for part in parts.groups()))
        except ValueError:
            raise NotAValue(_("is not a day of the calendar"), _("correct the date")) from None
    raise NotAValue(
        _("must be a date that can be read in one way only"),
        _("write year-month-day, such as 2024-04-03, or type it as a date in Excel"),
    )


def _decimal(cell: Cell) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(f"{cell:.10g}")  # 0.1 + 0.2 as a spreadsheet shows it
    text = cell.translate(_DIGITS).replace("\u066c", ",") if isinstance(cell, str) else ""
    if _THOUSANDS.fullmatch(text):
        raise NotAValue(
            _("may be a decimal or a thousands comma"),
            _("write the number without a comma, with a point for decimals"),
        )
    if not _NUMBER.fullmatch(text):
        raise NotAValue(
            _("must be a number"), _("write digits only, without a unit, or leave the cell empty")
        )
    return Decimal(text.replace(",", "."))


def _integer(cell: Cell) -> int:
    number = _decimal(cell)
    if number != number.to_integral_value():
        raise NotAValue(_("must be a whole number"), _("correct the number"))
    return int(number)


def _within_limits(field: "models.Field[Any, Any]", value: Any) -> Any:
    try:
        field.run_validators(value)
    except ValidationError as error:
        raise NotAValue(" ".join(error.messages).rstrip("."), _("correct the value")) from None
    return value
