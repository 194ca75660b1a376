# Every path here is relative, so that the checkout may lie in a folder with a space in its name.
PYTHON ?= python3
CONSTRAINTS ?= -c constraints.txt# empty: the newest versions inside the bounds of pyproject.toml
JOBS ?= auto# processes that share the tests
ARGS ?=# more arguments for the tool of the target, as in: make test ARGS="-k queueing"

PY := .venv/bin/python
INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check $(CONSTRAINTS)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup lab lessons kit notebooks test lint types floors notebooks-check check bench format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

lessons: .venv/.base ## Run every lesson and write build/lessons/index.html
	$(PY) -m mlbook run -j 2 --out build/lessons $(ARGS)

lab: .venv/.base ## Open the lessons in JupyterLab, in a copy of your own (work/)
	$(PY) -m mlbook lab $(ARGS)

kit: .venv/.dev ## Make build/kit for a USB stick: wheels, report, worksheet, how to install
	$(PY) -m mlbook kit $(ARGS)

test: .venv/.dev ## Run the tests
	$(PY) -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

setup: .venv/.dev ## Make .venv with all that is needed to change the project

notebooks: .venv/.base ## Write notebooks/*.ipynb and INSTRUCTOR.md from notebooks/src/*.py
	$(PY) -m mlbook build

notebooks-check: .venv/.base ## Fail when a notebook or INSTRUCTOR.md is not what its source says
	$(PY) -m mlbook build --check

lint: .venv/.dev ## Check style, format, docstrings, and the numbers in the text
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) scripts/check_docstrings.py mlbook
	$(PY) scripts/check_prose.py notebooks/src/*.py

types: .venv/.dev ## Check the types
	$(PY) -m mypy

floors: .venv/.dev ## Check that a module imports only from the floors below its own
	.venv/bin/lint-imports --no-logo

check: lint types floors notebooks-check lessons test ## Run everything that CI runs

format: .venv/.dev ## Format the code, and repair what can be repaired
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: .venv/.dev ## Measure speed, and write build/bench.md
	@$(INSTALL) -e ".[bench]"
	@$(PY) scripts/bench.py $(ARGS)

clean: ## Remove what was made here, except .venv/ and your own work/
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps .venv/.base and .venv/.dev are as new as the last installation.
.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "mlbook needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1)."; \
	  echo "Name another one, for example: make $(or $(MAKECMDGOALS),lessons) PYTHON=python3.12"; \
	  exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	@touch $@

.venv/.base: pyproject.toml constraints.txt | .venv/.python
	@echo "installing mlbook into .venv (some minutes the first time)"
	@$(INSTALL) -e ".[fast]"
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/.python
	@echo "installing mlbook and its tools into .venv (some minutes the first time)"
	@$(INSTALL) -e ".[dev]"
	@touch .venv/.base $@
