"""The controls of the forms; each has its template in templates/components/."""

from datetime import time, timedelta
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from caselog.forms.reading import plain


class NumberInput(forms.TextInput):
    """A text input, because a browser's own number input drops what it cannot read."""

    template_name = "components/number_with_unit.html"

    def __init__(self, *, unit="", whole=True, digits=6):
        super().__init__(
            {"inputmode": "numeric" if whole else "decimal", "size": digits, "autocomplete": "off"}
        )
        self.unit = unit

    def get_context(self, name, value, attrs):
        return super().get_context(name, value, attrs) | {"unit": self.unit}

    def format_value(self, value):
        return plain(value) if isinstance(value, Decimal) else value if value is None else str(value)


class TimeInput(forms.TextInput):
    """Hours and minutes as text: a browser's own time input follows the machine's language, not ours."""

    def __init__(self):
        super().__init__({"class": "form-control", "inputmode": "numeric", "size": 5, "autocomplete": "off"})

    def format_value(self, value):
        return value.strftime("%H:%M") if isinstance(value, time) else value


class WeightInput(forms.MultiWidget):
    """A number and its unit; what was weighed in grams is typed in grams."""

    template_name = "components/weight.html"
    use_fieldset = True

    def __init__(self, units):
        super().__init__([NumberInput(whole=False), forms.Select(choices=units)])

    def decompress(self, value):
        return [value, "mg"]


class DateInput(forms.MultiWidget):
    """Day, month and year in three inputs: no order to guess, no slash to misread."""

    template_name = "components/date.html"
    use_fieldset = True

    def __init__(self):
        day, month, year = (NumberInput(digits=size) for size in (2, 6, 4))
        # A month's name needs the letters.
        del month.attrs["inputmode"]
        super().__init__([day, month, year])

    def decompress(self, value):
        return [value.day, date_format(value, "M"), value.year] if value else ["", "", ""]

    def get_context(self, name, value, attrs):
        today = timezone.localdate()
        return super().get_context(name, value, attrs) | {
            "today": self.decompress(today),
            "yesterday": self.decompress(today - timedelta(days=1)),
        }


class Choices(forms.RadioSelect):
    template_name = "components/choice_group.html"


class SeveralChoices(forms.CheckboxSelectMultiple):
    template_name = "components/choice_group.html"


class GroupedSelect(forms.Select):
    """A select whose groups each go with one answer to another question."""

    template_name = "components/grouped_select.html"

    def __init__(self, *, parent: str, parent_of_group: dict[str, str]):
        super().__init__({"data-groups-follow": parent})
        self.parent_of_group = parent_of_group

    def optgroups(self, name, value, attrs=None):
        return [
            (label, options, self.parent_of_group.get(str(label), ""))
            for label, options, _index in super().optgroups(name, value, attrs)
        ]
