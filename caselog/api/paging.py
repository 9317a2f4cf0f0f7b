import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination

_KEY = re.compile(r"\d{1,18}", re.ASCII)


class KeySetPagination(CursorPagination):
    """Pages by key, the newest record first: rows added meanwhile move no other row to another page."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request):
        """The key in a cursor that we wrote; any other one is refused, by its name."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise self._refused() from error
        if cursor and cursor.position is not None and not _KEY.fullmatch(str(cursor.position)):
            raise self._refused()
        return cursor

    def _refused(self) -> ValidationError:
        message = _("This is not a cursor of this list. Follow “next” and “previous” as they are.")
        return ValidationError({self.cursor_query_param: [message]})
