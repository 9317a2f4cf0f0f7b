"""Caselog: a clinic's record of surgical sperm retrieval."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("caselog")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0.1.0"
