from io import StringIO
from pathlib import Path

from django.core.management import call_command

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"


def test_the_data_dictionary_page_is_what_the_dictionary_says():
    """Regenerate with: manage.py data_dictionary > docs/data-dictionary.md"""
    out = StringIO()
    call_command("data_dictionary", stdout=out)
    assert out.getvalue() == PAGE.read_text(encoding="utf-8")
