from rest_framework.pagination import CursorPagination


class KeySetPagination(CursorPagination):
    """Pages by key, stable while rows are added."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 200
