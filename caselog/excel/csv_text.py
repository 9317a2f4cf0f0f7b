"""CSV files: which characters, which separator, then rows of text."""

import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from caselog.excel.reader import Sheet, Unreadable, table_of

SEPARATORS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a hint that Excel understands


def read_csv(data: bytes) -> Sheet:
    """The table in the bytes of a CSV file. Raises Unreadable."""
    return table_of(_rows(_text_of(data)))


def _text_of(data: bytes) -> str:
    """UTF-8, or UTF-16 with its mark; any other encoding would be a guess, and names would suffer."""
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not utf_16:
        raise Unreadable(_("This is neither a CSV nor an .xlsx file. Save the table as one of these."))
    try:
        text = data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(
            _("Line %(line)s is not UTF-8 text. In Excel, save as “CSV UTF-8” or as .xlsx.") % {"line": line}
        ) from None
    return text


def _rows(text: str) -> Iterator[tuple[int, tuple[str | None, ...]]]:
    skipped = 0
    if hint := _SEPARATOR_LINE.match(text):
        text, skipped = text[hint.end() :], 1
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=hint[1] if hint else _separator(text), strict=True
    )
    try:
        # A row is numbered as Excel will show it, not by the lines that its quoted text spans.
        for number, cells in enumerate(lines, start=1 + skipped):
            yield number, tuple(cells)
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)s is not CSV: %(why)s. Check its quotation marks.")
            % {"line": lines.line_num + skipped, "why": error}
        ) from None


def _separator(text: str) -> str:
    """The one that the line of the headings holds most often, outside of quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count)
