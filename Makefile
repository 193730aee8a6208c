# `make` alone lists the targets. Everything happens in .venv, which `make install` fills once and
# again when requirements.txt or pyproject.toml change.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install report example test journeys study lint benchmark fuzz

VENV := .venv
STAMP := $(VENV)/installed
QUICKSTART := experiments/quickstart.yaml

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export MLFLOW_TRACKING_URI ?= sqlite:///$(CURDIR)/mlflow.db
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true
# Without it TensorFlow is compiled anew at every first import of a worker.
export UV_COMPILE_BYTECODE := 1
# Real light curves, where they lie beside the checkout; tests that need them skip without.
ifneq ($(wildcard ../shared/data),)
export KEPLER_KERAS_DATA ?= $(abspath ../shared/data)
endif
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

help:  ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1	\2/p' Makefile | expand -t 18

install: $(STAMP)  ## make .venv with the pinned requirements and the package

# `ensurepip` is what Debian leaves out of a Python without python3-venv. uv does not read pip's own
# settings: where only pip knows how to reach an index, pip does the work, more slowly.
PROBE := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

$(STAMP): requirements.txt pyproject.toml
	@test -x $(VENV)/bin/python || { \
	  for name in python3.13 python3.12 python3.11 python3 python; do \
	    if $$name -c '$(PROBE)' >/dev/null 2>&1; then python=$$name; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "Python 3.11, 3.12 or 3.13 with its venv module is needed; none is on PATH" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$($$python --version)"; \
	  $$python -m venv $(VENV); \
	}
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check $(shell grep '^uv==' requirements.txt)
	$(VENV)/bin/uv pip install --python $(VENV)/bin/python -r requirements.txt -e . || \
	  $(VENV)/bin/python -m pip install --disable-pip-version-check -r requirements.txt -e .
	@touch $(STAMP)

report: install  ## answer the question: run the quickstart and write its report
	$(VENV)/bin/mlflow run . --env-manager local -e compare -P experiment=$(QUICKSTART)
	@echo
	@echo "The report:    $(CURDIR)/reports/quickstart/report.html"
	@echo "The MLflow UI: $(VENV)/bin/kepler-keras ui"

example: install  ## write reports/example, the report that is committed
	$(VENV)/bin/kepler-keras compare $(QUICKSTART) --out reports/example
	cd reports/example && rm -rf .folds predictions.parquet members.parquet folds.parquet record.json experiment.yaml

# Two processes, a file in one of them: much of the suite waits for workers to start. Files come in
# the order of tests/conftest.py, long ones first, and not by their number of tests.
TWO_PROCESSES := -n 2 --dist loadfile --no-loadscope-reorder
test: install  ## run the tests, but for journeys and studies
	$(VENV)/bin/python -m pytest $(TWO_PROCESSES)

journeys: install  ## run the tests that do what users do, from end to end
	$(VENV)/bin/python -m pytest $(TWO_PROCESSES) -m journey

study: install  ## run the tests that take minutes: the real experiments, whole
	$(VENV)/bin/python -m pytest -m slow

# Vulnerabilities are asked for where the service can be reached; one line says where it cannot.
lint: install  ## check style, types, and packages for known vulnerabilities
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/python .ci/audit

fuzz: install  ## read ten thousand damaged files; some minutes
	$(VENV)/bin/python -m tests.fuzz

benchmark: install  ## measure each claim of speed, both sides in one run
	@for script in benchmarks/*.py; do echo "== $$script"; $(VENV)/bin/python $$script || exit 1; done
