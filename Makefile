# `make` or `make help` lists the targets. Everything runs in .venv, from hash-pinned requirements, with plain pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FUND ?= demo
PERSONS ?= 100000

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage check bench docs lock clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## Install everything into .venv and compile the kernels

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Himaya needs Python 3.11 or newer; call: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "This Python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m himaya.warm
	touch $@

demo: setup ## Build a synthetic fund, take its files in, apply the law, print the scorecard
	$(BIN)/himaya demo --dir $(FUND) --persons $(PERSONS)

test: setup ## Run the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

coverage: setup ## Run the tests in one process and report what they reach
	$(BIN)/coverage run -m pytest -q
	$(BIN)/coverage report --skip-covered --sort=cover

check: setup ## Lint, format, types, layers of imports, documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sphinx-build -q -W --keep-going -d docs/_build/doctrees docs docs/_build/html

docs: setup ## Build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -d docs/_build/doctrees docs docs/_build/html

bench: setup ## Measure against peers in the same run; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

lock: ## Compile the hash-pinned requirements anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml --group build -o requirements/base.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml --extra cluster --extra letters --group dev -c requirements/base.txt -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements/openfisca.in -o requirements/openfisca.txt

clean: ## Remove what the targets made (not the demo's folder)
	rm -rf $(VENV) docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
