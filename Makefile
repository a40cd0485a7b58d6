# Every target does its own set-up: `make demo` and `make test` are all that a newcomer needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo test lint types unit integration clean

demo: .venv/ready  ## the main job, on the embedded sandbox
	$(BIN)/python -m sandbox.demo

test: lint types unit integration  ## everything that must pass
	@echo 'All checks passed.'

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

unit: .venv/ready
	$(BIN)/pytest unit_tests

integration: .venv/ready
	$(BIN)/pytest integration_tests

clean:
	rm -rf .venv build *.egg-info

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
