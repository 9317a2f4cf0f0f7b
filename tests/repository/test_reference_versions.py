"""A figure that a verdict may rest on never changes under the version that has been given out."""

import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "audit" / "figures"
PAGE = ROOT / "docs" / "reference-figures.md"
FILES = sorted(path.stem for path in FIGURES.glob("*.toml"))
ROW = re.compile(r"^\| `(\w+)` \| (\S+) \| (.+) \| `([0-9a-f]{12})` \|$", re.MULTILINE)


def digest(written: dict) -> str:
    """Of all that a reader may see of a set, but its version; comments and the layout do not count."""
    seen = {name: value for name, value in written.items() if name != "version"}
    return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()[:12]


def read(name: str) -> dict:
    return tomllib.loads((FIGURES / f"{name}.toml").read_text(encoding="utf-8"))


def given_out(name: str) -> list[tuple[str, str]]:
    """The versions of a set with their digests, as the page tells them."""
    return [(version, of) for file, version, _why, of in ROW.findall(PAGE.read_text("utf-8")) if file == name]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_its_version_says(name):
    written = read(name)
    said = (
        f"{name}.toml: another text needs another version. Set `version`, and add a row that says what "
        f"changed to the table of versions in docs/reference-figures.md, with `{digest(written)}`."
    )
    assert given_out(name)[-1] == (written["version"], digest(written)), said


@pytest.mark.parametrize("name", FILES)
def test_no_version_is_given_twice(name):
    versions = [version for version, _digest in given_out(name)]
    assert versions == sorted(set(versions))


def test_every_row_is_of_a_set_that_there_is():
    assert {file for file, *_rest in ROW.findall(PAGE.read_text("utf-8"))} == set(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "edit",
    [
        lambda written: written["figures"][0].update(note_en="another note"),
        lambda written: written["figures"][0].update(lower=0.5),
        lambda written: written["figures"].pop(),
        lambda written: written["defaults"].update(tolerance=0.11),
        lambda written: written.update(about_en="another text"),
    ],
)
def test_an_edit_of_any_text_or_number_is_seen(name, edit):
    written = read(name)
    edit(written)
    assert digest(written) != digest(read(name))
    assert digest(read(name) | {"version": "another"}) == digest(read(name))
