"""docs/measures.md."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"


def test_the_page_of_measures_is_what_their_declarations_say():
    """Regenerate with: manage.py measures > docs/measures.md"""
    out = StringIO()
    call_command("measures", stdout=out)
    assert PAGE.read_text(encoding="utf-8") == out.getvalue()
