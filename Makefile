# `make` lists what there is. Recipes use only .venv, so nothing has to be activated.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

PYTHON_IN_VENV := .venv/bin/python
# Rooms that hold Python code; a room that does not exist yet is left out.
ROOMS := $(patsubst %/,%,$(dir $(wildcard $(addsuffix /__init__.py,\
  activities adapters api bootstrap cli domain migrations packs workers workflows sdk/answerable_sdk)))) tests

.PHONY: help setup setup-dev up dev test unit lint format typecheck eval bench load abuse audit clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Create .venv and install what is needed to run; does nothing when nothing changed
	@bash scripts/setup.sh runtime

setup-dev:
	@bash scripts/setup.sh dev

up: setup ## Run everything on this machine (Temporal, PostgreSQL, object store, API, workers) until Ctrl-C; ARGS="--status" are its options
	@.venv/bin/answerable up $(ARGS)

dev: setup ## The same with debug logs
	@LOG_LEVEL=DEBUG .venv/bin/answerable up $(ARGS)

# File by file (tests/conftest.py), in their order: the long ones of whole systems do not come last, for one process to end.
# Only a run of everything can say what is covered.
test: setup-dev ## Run all tests, with the coverage gate; with ARGS="-k turn", which are pytest's own, only those, without it
	@$(PYTHON_IN_VENV) -m pytest -n 2 --no-loadscope-reorder $(if $(strip $(ARGS)),$(ARGS),--cov --cov-report=term)

UNIT := tests/unit tests/architecture tests/docs tests/replay
unit: setup-dev ## Run the tests that need no server, in about a minute; ARGS="-k turn" are pytest's own
	@$(PYTHON_IN_VENV) -m pytest -n 2 $(UNIT) $(ARGS)

lint: setup-dev ## Check style, types, import directions and the architecture rules
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m ruff format --check .
	@$(PYTHON_IN_VENV) -m mypy $(ROOMS)
	@.venv/bin/lint-imports
	@$(PYTHON_IN_VENV) -m pytest -q tests/architecture

format: setup-dev ## Rewrite the sources in the house format
	@$(PYTHON_IN_VENV) -m ruff format .
	@$(PYTHON_IN_VENV) -m ruff check --fix .

typecheck: setup-dev ## Check the types alone
	@$(PYTHON_IN_VENV) -m mypy $(ROOMS)

# With options it is about the golden cases alone: the two have options of their own.
eval: setup-dev ## Put natural questions and the golden cases to a system of its own; ARGS="--fast" runs the golden cases in one process
	@$(if $(ARGS),,$(PYTHON_IN_VENV) -m eval.answers)
	@$(PYTHON_IN_VENV) -m eval.run $(ARGS)

bench: setup-dev ## Measure, as ratios to references of the same run; ARGS="--only turn" measures one figure
	@$(PYTHON_IN_VENV) -m bench $(ARGS)

load: setup-dev ## Ask in fifty conversations at once for five minutes, with bulk ingest beside; ARGS="--seconds 60"
	@$(PYTHON_IN_VENV) -m bench.load $(ARGS)

abuse: setup-dev ## One tenant does its worst while another asks: its p95 in relation to idle, and the memory; ARGS="--seconds 60"
	@$(PYTHON_IN_VENV) -m bench.abuse $(ARGS)

audit: ## Look for known vulnerabilities in what is pinned and for secrets in the history; needs a network
	@bash scripts/audit.sh $(ARGS)

clean: ## Remove what tools wrote; .venv and the data in .answerable stay
	@find . \( -path ./.venv -o -path ./.answerable -o -path ./.git \) -prune -o \
	  -type d \( -name __pycache__ -o -name '*.egg-info' \) -prune -exec rm -rf {} +
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .coverage.* htmlcov build dist
