"""Each import contract of pyproject.toml is seen to fail when an import breaks it."""

import re
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise, permutations, product
from pathlib import Path

import pytest

# `make check` looks at the tree itself; each test here at a whole copy of it.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]


def _offences(contract: dict) -> list[tuple[str, str]]:
    """Pairs (module, what it must not import), one for each rule that the contract states."""
    if contract["type"] == "forbidden":
        targets = [target.replace("*", "models") for target in contract["forbidden_modules"]]
        return list(product(contract["source_modules"], targets))
    layers = [re.split(r"\s*\|\s*", layer) for layer in contract["layers"]]
    upwards = [pair for above, below in pairwise(layers) for pair in product(below, above)]
    sideways = [pair for layer in layers for pair in permutations(layer, 2)]
    return upwards + sideways


def _file_of(module: str, tree: Path) -> Path:
    path = tree / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _lint(tree: Path) -> str:
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(linter, cwd=tree, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def tree(tmp_path):
    unneeded = shutil.ignore_patterns("static", "__pycache__")
    for package in ("caselog", "audit"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=unneeded)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_are_kept(tree):
    assert f"{len(CONTRACTS)} kept, 0 broken" in _lint(tree)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_each_import_that_breaks_a_contract_is_found(tree, contract):
    offences = _offences(contract)
    for module, target in offences:
        with _file_of(module, tree).open("a", encoding="utf-8") as source:
            source.write(f"\n\ndef planted():\n    import {target}\n")
    report = _lint(tree)
    assert f"{contract['name']} BROKEN" in report
    for module, target in offences:
        assert f"{module} -> {target} " in report
