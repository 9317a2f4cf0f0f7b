"""Tags and filters of every template."""

from django import template
from django.forms import CheckboxInput, Select
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import pgettext

register = template.Library()
# Django's own part for this is a template in every option of every question: half of a long form's time.
register.filter("attributes", flatatt)


@register.filter
def day(value):
    """4 Mar 2024, 4 مارس 2024: unlike 4/3 a month with a name cannot be misread."""
    return date_format(value, "j M Y") if value else ""


@register.filter
def moment(value):
    """4 Mar 2024, 10:42, in the clinic's time zone."""
    if not value:
        return ""
    # Translators: a day and a time, in the letters of Django's date filter.
    return date_format(timezone.localtime(value), pgettext("format", "j M Y, H:i"))


@register.filter
def lookup(found, key):
    """What a mapping has under this key; nothing where it has none."""
    return found.get(key, ()) if found else ()


@register.simple_tag
def share(part, whole):
    """87 %. 100 and 0 are kept for all and none, which rounding would claim too early."""
    if not whole:
        return "–"
    percent = round(100 * part / whole)
    if 0 < part < whole:
        percent = min(max(percent, 1), 99)
    return f"{percent} %"


@register.simple_tag
def entry_name(entry):
    """A field of the dictionary where it stands alone, with its testis or hormone."""
    label = capfirst(str(entry.label))
    return f"{entry.of_row}: {label}" if entry.row else label


@register.simple_tag
def control(field):
    """A form field's widget in the look of its kind. The label stands above it, so no placeholder."""
    return field.as_widget(attrs={"class": _look(field.field.widget), "placeholder": False})


def _look(widget) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"


@register.simple_tag
def first_id(field) -> str:
    """Where a link to a form field leads: a group of radios has no id of its own, its first one has."""
    return next(iter(field)).id_for_label if field.use_fieldset else field.id_for_label


@register.simple_block_tag(end_name="end_data_table")
def data_table(content, caption, *, stacks=False, hide_caption=False):
    """A table that scrolls by itself on a narrow screen; with `stacks` a row's cells wrap instead."""
    table = {"content": content, "caption": caption, "stacks": stacks, "hide_caption": hide_caption}
    return render_to_string("components/data_table.html", table)
