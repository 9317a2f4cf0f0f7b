"""Compiles the translations into the wheel; the source tree stays as it was."""

import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version != "standard":
            return
        self._folder = tempfile.TemporaryDirectory()
        for source in sorted(Path(self.root).glob("locale/*/LC_MESSAGES/*.po")):
            inside = source.relative_to(self.root).with_suffix(".mo")
            compiled = Path(self._folder.name, inside)
            compiled.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as po, compiled.open("wb") as mo:
                write_mo(mo, read_po(po))
            build_data["force_include"][str(compiled)] = f"caselog/bundle/{inside.as_posix()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if hasattr(self, "_folder"):
            self._folder.cleanup()
