"""A form that a service saves, on a page of the clinic's own choices."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

from audit.forms.references import PlainForm


def saved(request, form: PlainForm, save: Callable[[dict[str, Any]], object]) -> bool:
    """Whether what was typed is saved; if not, the form says what is wrong and keeps it.

    save: is handed what was typed, cleaned. May raise ValidationError by field.
    """
    if not form.is_valid():
        return False
    try:
        if request.opened_elsewhere:
            raise ValidationError({next(iter(form.fields)): request.opened_elsewhere})
        save(dict(form.cleaned_data))
    except ValidationError as error:
        form.refuse(error)
    return form.is_valid()


def status(form: PlainForm) -> int:
    return 422 if form.errors else 200
