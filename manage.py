#!/usr/bin/env python3
"""The `caselog` command in a source tree, where the demo is the usual mode."""

from caselog.__main__ import main

if __name__ == "__main__":
    main(mode="demo")
