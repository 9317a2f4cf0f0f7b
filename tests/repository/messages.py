"""Collects the translatable strings of the code and the templates into locale/.

    python tests/repository/messages.py            writes new strings in, takes unused ones out;
                                                   an empty locale/xx/LC_MESSAGES begins a language
    python tests/repository/messages.py --check    changes nothing; fails unless every catalogue is whole

Django's makemessages needs the gettext programs; Babel, which compiles the catalogues, does the same here.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
# Per function: which arguments are the message, its plural, and its context ("c").
KEYWORDS = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def collect() -> Catalog:
    """Every string of the project that is marked for translation."""
    catalog = Catalog(charset="utf-8")
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Within brackets Python does not mind how a template is indented.
            text = f"(\n{templatize(text)}\n)"
        for _, function, arguments, comments in extract_python(
            BytesIO(text.encode()), KEYWORDS, ["Translators"], {"encoding": "utf-8"}
        ):
            context, message = _message(KEYWORDS[function], arguments)
            if message:
                place = (path.relative_to(ROOT).as_posix(), None)
                catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[Path]:
    for package in ("caselog", "audit"):
        yield from sorted((ROOT / package).rglob("*.py"))
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def _message(places: tuple | None, arguments: str | tuple) -> tuple[str | None, str | tuple[str, ...] | None]:
    """The context, and the message or the pair of singular and plural; None where it is not a literal."""
    given = arguments if isinstance(arguments, tuple) else (arguments,)
    context, texts = None, []
    for place in places or (1,):
        index = place[0] if isinstance(place, tuple) else place
        text = given[index - 1] if len(given) >= index else None
        if isinstance(place, tuple):
            context = text
        else:
            texts.append(text)
    if not all(texts):
        return None, None
    return context, texts[0] if len(texts) == 1 else tuple(texts)


def read(path: Path) -> Catalog:
    language = path.parts[-3]
    if not path.exists():
        catalog = Catalog(locale=language, project="Caselog", fuzzy=False, charset="utf-8")
        # Translators know this order of the plural forms; Babel's own for Arabic is another.
        catalog.mime_headers = [("Plural-Forms", _of_django(language).plural_forms)]
        return catalog
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    # An empty Language line in the file undoes that, and then Babel writes no plural forms.
    catalog.locale = language
    return catalog


def _of_django(language: str) -> Catalog:
    catalogues = Path(django.__file__).with_name("conf") / "locale"
    with (catalogues / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file)


def update(path: Path, collected: Catalog) -> None:
    catalog = read(path)
    # The date of collecting would be the only change in most runs.
    collected.creation_date = catalog.creation_date
    catalog.update(collected, no_fuzzy_matching=True, update_header_comment=False)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, include_lineno=False, ignore_obsolete=True, sort_by_file=True)


def faults(catalog: Catalog, collected: Catalog) -> list[str]:
    """What keeps a catalogue from being whole, a line for each."""
    wanted, held = ({(m.context, m.id): m for m in c if m.id} for c in (collected, catalog))
    return [
        *(f"missing: {text!r}" for _, text in wanted.keys() - held.keys()),
        *(f"not used: {text!r}" for _, text in held.keys() - wanted.keys()),
        *(f"fuzzy: {m.id!r}" for m in held.values() if m.fuzzy),
        *(f"untranslated: {m.id!r}" for m in held.values() if not _is_whole(m)),
        *(f"{error}: {m.id!r}" for m in held.values() for error in m.check(catalog)),
    ]


def _is_whole(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms)


def main() -> None:
    collected = collect()
    catalogues = sorted(folder / "django.po" for folder in ROOT.glob("locale/*/LC_MESSAGES"))
    if not catalogues:
        sys.exit("There is no locale/*/LC_MESSAGES.")
    if "--check" not in sys.argv:
        for path in catalogues:
            update(path, collected)
        return
    found = [fault for path in catalogues for fault in sorted(faults(read(path), collected))]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
