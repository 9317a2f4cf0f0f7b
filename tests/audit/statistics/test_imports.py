import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import audit.statistics
from audit.statistics import Band

ROOT = Path(audit.statistics.__file__).parents[2]
HEAVY = {"scipy", "numpy", "pandas", "django", "statsmodels", "caselog"}


def modules_after(statement):
    """The top-level modules a fresh interpreter holds after one statement."""
    program = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_statistics_imports_nothing_heavy():
    assert modules_after("import audit.statistics") & HEAVY == set()


def test_an_interval_brings_scipy_and_still_neither_pandas_nor_django():
    modules = modules_after("import audit.statistics as s; s.clopper_pearson(3, 5)")
    assert modules & HEAVY == {"scipy", "numpy"}


def test_every_public_name_says_what_it_is():
    assert sorted(audit.statistics.__all__) == audit.statistics.__all__
    for name in audit.statistics.__all__:
        assert getattr(audit.statistics, name).__doc__


def test_results_cannot_be_changed():
    band = Band(0.3, 0.4, 0.1)
    with pytest.raises(FrozenInstanceError):
        band.lower = 0.2
    assert not hasattr(band, "__dict__")
