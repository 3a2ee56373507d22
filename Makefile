# `make` alone says what can be done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8501
WORKERS := $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 2) * 3 // 2)')
# Files stay whole, and come in the order of tests/conftest.py: the longest first.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test drills test-postgresql lint format bench pictures lock clean

help:  ## what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

$(VENV)/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make run PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/.run  ## set up, fill the demonstration campaign once, serve the program on http://localhost:8501
	$(BIN)/python -m monitor init --demo
	$(BIN)/python -m monitor serve --host $(HOST) --port $(PORT)

test: $(VENV)/.dev  ## set up, run all tests but the drills
	$(PYTEST) -m "not drill"

drills: $(VENV)/.dev  ## the drills: processes killed at any moment, every command of docs/emergency.md, every page first in its process
	$(PYTEST) -m drill

test-postgresql: $(VENV)/.dev  ## every test that works on a store, on PostgreSQL
	$(PYTEST) -m "not drill" --store postgresql

lint: $(VENV)/.dev  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev  ## put the code in its style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## measure what is worth measuring (benchmarks/README.md)
	@for script in $(filter-out benchmarks/world.py benchmarks/crowd.py benchmarks/soak.py,$(wildcard benchmarks/*.py)); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

pictures: $(VENV)/.dev  ## take the pictures of the guide and the README anew, from a demonstration of their own
	$(BIN)/python scripts/pictures.py

lock: $(VENV)/.dev  ## pin requirements*.txt anew from the .in files
	$(BIN)/pip-compile --quiet --strip-extras --no-header --output-file requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --no-header --output-file requirements-dev.txt requirements-dev.in

clean:  ## remove the virtual environment and the embedded store
	rm -rf $(VENV) data/store
