# What one does with Caseclock from a checkout; `make help` lists it. Needs Python 3.11 or later, with pip, and make.
PYTHON ?= python3
WORKERS ?= 2

BIN := .venv/bin
# Stamps: set-up is redone only when what it installs has changed.
RUN := .venv/.set-up-to-run
DEV := .venv/.set-up-to-develop
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check lint types layers drift advisories audit format docs bench fuzz faults lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV) ## set up .venv with everything needed to run, test and check

demo: $(RUN) ## run the demonstration: sample returns in, timers, breaches, scorecard, a report to open
	@$(BIN)/caseclock demo

test: $(DEV) ## run the tests (WORKERS=n to change how many at once)
	@$(BIN)/pytest -n $(WORKERS)

check: lint types layers drift advisories ## check style, types, layers, generated docs, and pinned versions

lint: $(DEV) ## check style and format
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo 'Some files are not formatted. Run: make format' >&2; exit 1; }

types: $(DEV) ## check types
	@$(BIN)/mypy --no-error-summary

layers: $(DEV) ## check that rooms import downwards only
	@$(BIN)/lint-imports --no-logo > .venv/layers.txt 2>&1 || { cat .venv/layers.txt >&2; exit 1; }

drift: $(DEV) ## check that generated docs say what the code says
	@$(BIN)/python tools/docs_drift.py --check
	@$(BIN)/python tools/explain_kinds.py --check

advisories: $(DEV) ## check pinned versions against the advisories kept here (needs no network)
	@$(BIN)/python tools/audit_dependencies.py

audit: $(DEV) ## check them against the published feed too, where it can be reached
	@$(BIN)/python tools/audit_dependencies.py --online

format: $(DEV) ## format the code, and put right what can be put right by itself
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

docs: $(DEV) ## write the generated docs anew
	@$(BIN)/python tools/docs_drift.py
	@$(BIN)/python tools/explain_kinds.py

bench: $(DEV) ## measure speed and write the figures
	@$(BIN)/python -m benchmarks

fuzz: $(DEV) ## send the API tens of thousands of requests, right and wrong, and hold every answer to its document
	@$(BIN)/python tools/fuzz_api.py

# beside the faults: what holds in any order of arrival, day by day, after a migration, simulated or recorded
HOLDS := tests/history tests/oracles tests/timers/test_calendar_properties.py tests/workflow/test_orders_of_arrival.py \
	tests/workflow/test_migration.py tests/simulation/world/test_virtual_equals_real.py

faults: $(DEV) ## let every fault come in full numbers (half an hour), and print a table of what held
	@CASECLOCK_FAULTS=full $(BIN)/pytest tests/faults $(HOLDS)

lock: ## pin what pyproject asks for, with hashes (ARGS=--upgrade for the newest that fit)
	@made=$$(mktemp -d) && trap 'rm -rf "$$made"' EXIT && \
	$(PYTHON) -m venv "$$made" && "$$made/bin/python" -m pip install -qq uv && PATH="$$made/bin:$$PATH" && \
	$(PIN) $(ARGS) pyproject.toml --extra dev -o constraints.txt && \
	echo 'setuptools>=80' | $(PIN) $(ARGS) pyproject.toml - --extra desk --extra simulation -c constraints.txt -o requirements.txt

clean: ## remove everything that was made here
	@rm -rf .venv build dist demo *.egg-info src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find src/caseclock -type l -exec rm -f {} +

$(RUN): pyproject.toml requirements.txt tools/link_rooms.py tools/set_up.sh
	@PYTHON='$(PYTHON)' tools/set_up.sh requirements.txt
	@touch $@

$(DEV): pyproject.toml requirements.txt constraints.txt tools/link_rooms.py tools/set_up.sh
	@PYTHON='$(PYTHON)' tools/set_up.sh constraints.txt
	@touch $(RUN) $@
