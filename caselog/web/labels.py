"""A specimen's code as a picture: a path of an SVG, so that it prints sharp at any size."""

from dataclasses import dataclass
from itertools import groupby

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4  # modules; readers need them white
MOST_COPIES = 20
USUAL_COPIES = 3


@dataclass(frozen=True)
class Picture:
    modules: int  # along an edge, the quiet zone included
    path: str


def qr_code(text: str) -> Picture:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    return Picture(len(matrix), "".join(_runs(row, y) for y, row in enumerate(matrix)))


def _runs(row: list[bool], y: int) -> str:
    """The dark modules of one line, those that touch drawn as one."""
    path, x = "", 0
    for dark, run in groupby(row):
        width = len(list(run))
        path += f"M{x} {y}h{width}v1h-{width}z" if dark else ""
        x += width
    return path


def copies_of(typed: str) -> int:
    """How many labels of each specimen; what cannot be read is the usual number."""
    text = typed.strip()
    copies = int(text) if text.isdecimal() and len(text) < 4 else USUAL_COPIES
    return min(max(copies, 1), MOST_COPIES)
