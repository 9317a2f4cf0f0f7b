"""An answer as a browser would send it back."""

from typing import Any

from django import forms


def as_typed(field: forms.Field, name: str, value: Any) -> dict[str, list[str]]:
    """The values of each control of this field, by the control's name; none where nothing is answered."""
    value, widget = field.prepare_value(value), field.widget
    if isinstance(widget, forms.MultiWidget):
        parts = zip(widget.widgets, widget.decompress(value) or [], strict=True)
        return {f"{name}_{n}": [_text(one.format_value(part))] for n, (one, part) in enumerate(parts)}
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.SelectMultiple):
        return {name: [str(one) for one in value or []]}
    if isinstance(widget, forms.Select | forms.RadioSelect):
        return {name: [] if value in (None, "") else [str(value)]}
    return {name: [_text(widget.format_value(value))]}


def _text(formatted: Any) -> str:
    if isinstance(formatted, list):
        formatted = formatted[0] if formatted else ""
    return "" if formatted is None else str(formatted)
