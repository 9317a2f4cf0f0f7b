"""What people type, in one form, whichever keyboard or program it came from."""

import unicodedata

_ASCII_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)


def clean_text(typed: object) -> str:
    """Letters composed, without invisible marks and surplus spaces, digits in ASCII.

    Keyboards and copied text bring marks of direction or joining along, which are no part of an answer.
    """
    visible = "".join(letter for letter in str(typed or "") if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).translate(_ASCII_DIGITS).split())
