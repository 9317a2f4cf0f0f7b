# Caselog: `make` lists what there is. Everything installs into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tables straight from the models: that the migrations make the same ones, `check` and test_upgrade.py ask.
PYTEST := $(BIN)/python -m pytest --no-migrations
# A process takes whole files, whose tests share what is slow to make; tests/conftest.py says which come first.
SCOPES := --dist loadscope --no-loadscope-reorder
# As many as processors: the tests keep them busy, and each further process imports everything once more.
PARALLEL := -n logical $(SCOPES)
# Half as many again where they wait for PostgreSQL.
WAITING = -n $$($(BIN)/python -c 'import os; print(os.cpu_count() * 3 // 2)') $(SCOPES)
# The locks name every dependency; Python compiles what is imported, a small part of it, when it is.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
	--no-compile --no-deps
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

# What a source tree runs as; `check` tries production too.
export CASELOG_MODE ?= demo
# Each test process would compile thousands of modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run quick test coverage check types rules messages lock benchmark programs
.DELETE_ON_ERROR:

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	|| sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1: \2/p' $(MAKEFILE_LIST)

run: $(VENV)/.run $(CATALOGUES)  ## serve the demo clinic at http://127.0.0.1:8000/
	@$(BIN)/python manage.py run --demo

quick: $(VENV)/.test $(CATALOGUES)  ## rules, services and figures, on SQLite: under a minute
	$(PYTEST) $(PARALLEL) -m "not slow and not http and not browser" --ignore=tests/benchmarks

# One failing part does not hide the others; the last line is pytest's.
test: $(VENV)/.test $(CATALOGUES) programs  ## every test, on SQLite and PostgreSQL and in a browser
	@status=0; \
	run() { $(PYTEST) "$$@" || status=1; }; \
	run tests/browser -n logical --dist loadgroup --no-loadscope-reorder; \
	run tests $(WAITING) -m "not browser" --ignore=tests/benchmarks -p tests.plugins.postgres \
		--ignore=tests/repository/test_wheel.py --ignore=tests/repository/test_imports.py; \
	run tests $(PARALLEL) -m "not browser" --ignore=tests/benchmarks; \
	exit $$status

# Beside the tests, not in them: Python 3.11's tracing makes every test take more than twice as long.
coverage: $(VENV)/.test $(CATALOGUES)  ## which lines and branches the tests on SQLite reach: at least 95 %
	$(PYTEST) tests $(PARALLEL) -m "not browser" --ignore=tests/benchmarks \
		--cov --cov-report=term:skip-covered --cov-fail-under=95

check: $(VENV)/.test $(CATALOGUES)  ## style, types, imports, migrations, translations, deployment settings
	@$(MAKE) --no-print-directory --jobs 2 types rules

# As long as all the rest, so beside it.
types:
	$(BIN)/mypy caselog audit

rules:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tests/repository/messages.py --check
	CASELOG_MODE=production CASELOG_ALLOWED_HOSTS=caselog.example \
	CASELOG_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(45))') \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

messages: $(VENV)/.test  ## collect the translatable strings into locale/
	$(BIN)/python tests/repository/messages.py

benchmark: $(VENV)/.test $(CATALOGUES)  ## the measured promises, alone on the machine
	$(PYTEST) tests/benchmarks -q -s

COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links $(UPGRADE)
lock: $(VENV)/.test  ## write requirements/*.lock from pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(COMPILE) --extra build -o requirements/run.lock > /dev/null
	$(COMPILE) --extra build --extra postgres -c requirements/run.lock -o requirements/postgres.lock > /dev/null
	$(COMPILE) --extra build --extra test --extra postgres -c requirements/postgres.lock \
		-o requirements/test.lock > /dev/null

# What pip does not bring. Tests that need a missing program report themselves as skipped.
programs:
	@there() { for name in $$1; do command -v $$name > /dev/null && return; done; false; }; \
	got() { \
		[ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null || return; \
		echo "Installing $$1 …"; export DEBIAN_FRONTEND=noninteractive; \
		apt-get -qq update > /dev/null && apt-get -qq install -y --no-install-recommends $$1 > /dev/null; \
	}; \
	missing() { \
		echo "$$1 is missing, so the tests that need it are skipped; install it with your system's packages."; \
	}; \
	there "chromium-headless-shell chromium chromium-browser google-chrome" \
		|| got chromium-headless-shell 2> /dev/null || got chromium || missing chromium; \
	there soffice || got libreoffice-calc || missing libreoffice-calc

$(VENV)/bin/python:
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Caselog needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Say which: make run PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.lock | $(VENV)/bin/python
	$(INSTALL) -r $<
	@touch $@

# test.lock holds all of run.lock at the same versions.
$(VENV)/.test: requirements/test.lock | $(VENV)/bin/python
	$(INSTALL) -r $<
	@touch $(VENV)/.run $@

%.mo: %.po | $(VENV)/.run
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
