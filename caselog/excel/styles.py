"""How the cells of our workbooks look: a few named styles, added to a workbook once."""

from typing import Any

from caselog.excel.columns import Format

ACCENT = "0B5D66"
NUMBER_FORMATS = {
    Format.TEXT: "General",
    Format.INTEGER: "0",
    Format.NUMBER: "0.0##",
    Format.PERCENT: "0.0%",
    # The month by its name: 03/04 is two different days.
    Format.DATE: "d mmm yyyy",
    Format.TIME: "hh:mm",
}


def style_name(name: str) -> str:
    """Excel has styles of its own called Percent and Heading."""
    return f"Caselog {name}"


def add_styles(book: Any, right_to_left: bool) -> None:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    def font(**changes: Any) -> Any:
        return Font(**{"name": "Calibri", "family": 2, "size": 11} | changes)

    def add(name: str, **look: Any) -> None:
        usual = {"font": font(), "alignment": align(wrap_text=True)}
        book.add_named_style(NamedStyle(style_name(name), **usual | look))

    def align(**changes: Any) -> Any:
        # A sentence of Arabic that begins with a Latin word still runs from right to left.
        return Alignment(**{"vertical": "top", "readingOrder": 2 if right_to_left else 0} | changes)

    formats = NUMBER_FORMATS
    if right_to_left:  # 0C01 is Arabic with the month names that most clinics use
        formats = formats | {Format.DATE: f"[$-C01]{formats[Format.DATE]}"}
    line = Border(bottom=Side(style="hair", color="BFC7C9"))
    # The indent keeps a number apart from the text of the next column.
    numbers = align(horizontal="right", indent=1)
    for form, code in formats.items():
        add(
            form.value,
            number_format=code,
            border=line,
            **({} if form is Format.TEXT else {"alignment": numbers}),
        )
        if form in (Format.DATE, Format.TIME, Format.PERCENT):
            add(f"plain {form}", number_format=code, alignment=numbers)
    from_start = align(horizontal="right" if right_to_left else "left", wrap_text=True)
    add("page date", number_format=formats[Format.DATE], border=line, alignment=from_start)
    add("page number", number_format="0", border=line, alignment=from_start)
    add("name", font=font(bold=True), border=line)
    add("link", font=font(underline="single", color=ACCENT), border=line)
    add("title", font=font(bold=True, size=18, color=ACCENT), alignment=align(vertical="center"))
    for name, side in (("heading", None), ("heading of numbers", "right")):
        add(
            name,
            font=font(bold=True, color="FFFFFF"),
            fill=PatternFill("solid", start_color=ACCENT, end_color=ACCENT),
            alignment=align(horizontal=side, vertical="center", wrap_text=True, indent=1 if side else 0),
        )
