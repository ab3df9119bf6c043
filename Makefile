# Two commands do everything: `make demo` and `make test`. They install what they need, into this folder and the user's cache.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
CLUSTER ?= local
export CLUSTER
# Tests run two at a time, each half with a control plane of its own; a cluster that is given is not shared.
SIDE_BY_SIDE := $(if $(filter local,$(CLUSTER)),--numprocesses 2 --dist loadscope)
PROGRAM = $$($(PY) -m testbed path $(1))

.PHONY: help demo test lint crds golden-report faults attacks redlines replay playbooks fuzz image bench bench-writes bench-plans bench-slo bench-signals bench-reaction bench-routing bench-api bench-simulate machine lock programs clean check-generated check-policies check-chart

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(INSTALLED): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing the Python libraries into $(VENV) ..."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

programs: $(INSTALLED) ## Build the programs of the testbed (once; about ten minutes the first time)
	@$(PY) -m testbed build

demo: programs ## Show the main job on a real control plane (KEEP=1 leaves it running)
	@$(PY) -m examples.demo

test: lint ## Everything that must hold: lint, contracts, generated files, policies, chart, all tests
	@$(PY) -m pytest $(SIDE_BY_SIDE)

lint: programs check-generated check-policies check-chart ## Style, types, import contracts, generated files, policies, chart
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check --quiet
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache | grep -E 'KEPT|BROKEN|Contracts'

check-generated: $(INSTALLED)
	@$(VENV)/bin/autonomic crds --check crds

check-policies: programs
	@$(call PROGRAM,opa) fmt --fail --list policies
	@$(call PROGRAM,opa) check --strict --schema policies/schemas/input.json policies
	@$(call PROGRAM,opa) test --coverage --threshold 100 --ignore '*.json' policies > /dev/null || { $(call PROGRAM,opa) test --verbose policies; exit 1; }

check-chart: programs
	@$(call PROGRAM,helm) lint --strict charts/autonomic

crds: $(INSTALLED) ## Generate crds/ from the models
	@$(VENV)/bin/autonomic crds --out crds

golden-report: programs ## Write docs/golden.md: the golden table of budgets, against a real Prometheus
	@$(PY) -m tests.golden.report

faults: programs ## The crash matrix: the operator killed at every write, and every other fault (about twenty minutes)
	@$(PY) -m tests.faults

attacks: programs ## The attack table: forged, stolen and broken, by everybody; nothing of it is done
	@$(PY) -m tests.attacks

redlines: programs ## RedLine breaches by an operator that ignores its own gate, and how fast a kill switch stops it
	@$(PY) -m benchmarks.redlines

replay: programs ## An hour of 1,000 incidents, one after the other: each ends as its playbook says, none is healed twice (seven minutes)
	@$(PY) -m tests.playbooks.replay

playbooks: programs ## Every playbook of the library heals the incident that it is for
	@$(PY) -m tests.playbooks

fuzz: $(INSTALLED) ## Schemathesis over every route of the HTTP API; writes docs/api-fuzzing.md
	@$(PY) -m tests.fuzzing

image: $(INSTALLED) ## Build the container image with docker, podman or buildah
	@$(PY) -m testbed.image build

bench: bench-writes bench-plans bench-slo bench-signals bench-reaction bench-routing bench-api bench-simulate ## All benchmarks

machine: $(INSTALLED) ## How fast this machine is at this moment, for the figures of benchmarks to be read beside
	@$(PY) -m benchmarks.machine

bench-writes: programs ## API writes per plan and per quiet cycle
	@$(PY) -m benchmarks.writes

bench-plans: $(INSTALLED) machine ## What a step of a plan costs beside up to 10,000 plans that have ended
	@$(PY) -m benchmarks.plans

bench-slo: programs machine ## CPU, memory and queries of up to 20,000 objectives (about ten minutes)
	@$(PY) -m benchmarks.slo --periods 7d 28d 90d --out docs

bench-reaction: programs machine ## How soon a pushed signal becomes a change
	@$(PY) -m benchmarks.reaction

bench-routing: $(INSTALLED) machine ## What routing loses while it learns, and what a decision costs (about seven minutes)
	@$(PY) -m benchmarks.routing --out docs

bench-signals: $(INSTALLED) machine ## CPU, latency and memory of taking pushed signals (a minute)
	@$(PY) -m benchmarks.signals

bench-api: $(INSTALLED) machine ## What callers of the HTTP API do to the loops, and the loops to the probes (two minutes)
	@$(PY) -m benchmarks.api --out docs

bench-simulate: programs machine ## What a simulation of 1,000 contracts takes, and a backtest of 30 days and 200 contracts (five minutes)
	@$(PY) -m benchmarks.simulate
	@$(PY) -m benchmarks.backtest

lock: $(INSTALLED) ## Pin the requirements again, with hashes
	@$(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --output-file requirements/runtime.txt
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --constraint requirements/runtime.txt --extra dev pyproject.toml --output-file requirements/dev.txt
	@printf 'hatchling>=1.27\n' | $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --constraint requirements/dev.txt - --output-file requirements/build.txt

clean: ## Remove what was installed into this folder
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
