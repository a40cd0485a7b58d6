# Every target does its own set-up: `make demo` and `make test` are all that a newcomer needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# One worker more than cores, since tests of commands wait for them
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup

.PHONY: demo picture docs site test lint types tests unit integration coverage conformance wheels audit fuzz soak bench test-pythons test-airbyte test-dbt test-pyairbyte test-image test-meltano test-postgres test-real test-spark clean

demo: .venv/ready  ## the main job, on the embedded sandbox
	$(BIN)/python examples/demo.py

picture: demo  ## docs/demo.png: the page of the demo in headless Chromium
	$(BIN)/python -m unit_tests.browser demo/demo.html docs/demo.png

test: lint .venv-targets/ready  ## everything that must pass; mypy runs beside the tests
	@$(MAKE) --no-print-directory --jobs 2 types tests || { echo 'Not all checks passed: see "***" above.'; exit 1; }
	@echo 'All checks passed.'

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry sourcewright source_sentry source_sigma examples
	$(BIN)/deptry --ignore DEP002,DEP004 unit_tests integration_tests benchmarks docs
	$(BIN)/deptry --config sandbox/pyproject.toml sandbox

types: .venv/ready
	$(BIN)/mypy

tests: .venv/ready .venv-targets/ready
	$(PYTEST)

unit: .venv/ready
	$(PYTEST) unit_tests

integration: .venv/ready .venv-targets/ready
	$(PYTEST) integration_tests

coverage: .venv/ready  ## lines and branches that the unit tests leave out
	$(PYTEST) unit_tests --cov --cov-fail-under 90

conformance: .venv/ready  ## beside Sentry's own description of its API, if `SENTRY_OPENAPI` or its default names one
	$(BIN)/python -m unit_tests.source_sentry.conformance

docs: .venv/ready  ## writes the tables of README.md and docs/, and the catalogs of the tests, from the manifests
	$(BIN)/python docs/generate.py

site: .venv/ready  ## the documents as a site with search, in build/site
	$(PYTHON) -m venv .venv-site
	.venv-site/bin/pip install --quiet --disable-pip-version-check mkdocs==1.6.1 mkdocs-material==9.6.20
	$(BIN)/python .ci/site.py
	.venv-site/bin/mkdocs build

wheels:  ## both distributions, installed side by side in an environment of their own
	rm -rf build sandbox/build dist .venv-wheels
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist . ./sandbox
	$(PYTHON) -m venv .venv-wheels
	.venv-wheels/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt dist/*.whl
	.venv-wheels/bin/python .ci/wheels.py
	.venv-wheels/bin/source-sentry spec

fuzz: .venv/ready  ## generated junk: more of it than `make unit` tries, and the command against a hostile server
	HYPOTHESIS_PROFILE=fuzz $(PYTEST) -m 'not image_tests' unit_tests/fuzzing integration_tests/fuzzing

audit: .venv-audit/ready  ## licences and known vulnerabilities of all that is installed with the connectors
	.venv-audit/bin/pip-licenses --python .venv-audit/installed/bin/python
	.venv-audit/bin/python .ci/audit.py .venv-audit/installed/lib/python3*/site-packages

soak: .venv/ready  ## syncs again and again while the data change; `make soak MINUTES=10` is shorter
	$(BIN)/python -m benchmarks.soak $(or $(MINUTES),30)

bench: .venv/ready .venv-peer/ready  ## beside the published connector and a bare loop; appends to benchmarks/results.md, draws docs/performance.svg
	$(BIN)/python -m benchmarks $(ARGS)

test-meltano: .venv/ready  ## real runs of examples/meltano, of both taps, against sandboxes
	$(PYTHON) -m venv .venv-targets/meltano
	.venv-targets/meltano/bin/pip install --quiet --disable-pip-version-check meltano==4.4.1
	PYTHONPATH=. $(BIN)/python .ci/meltano.py

test-dbt: .venv/ready .venv-dbt/ready  ## examples/dbt in DuckDB and a PostgreSQL of its own, over three syncs of a sandbox
	PYTHONPATH=. $(BIN)/python .ci/dbt.py

test-image: .venv/ready  ## builds both images and runs every command in them; ENGINE=podman, BUILD_OPTIONS and RUN_OPTIONS where needed
	$(BIN)/python .ci/image.py

test-pythons:  ## the unit tests with each supported Python that is installed, in an environment of its own
	@for version in 3.11 3.12 3.13; do \
	  python$$version --version > /dev/null 2>&1 || { echo "python$$version: not installed"; continue; }; \
	  python$$version -m venv .venv-$$version && \
	  .venv-$$version/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable sandbox --editable '.[dev]' && \
	  echo "python$$version:" && .venv-$$version/bin/pytest --quiet --numprocesses $(WORKERS) --dist loadgroup unit_tests || exit 1; \
	done

test-airbyte: .venv/ready  ## Airbyte's own `airbyte-cdk connector test`, against a sandbox at the port of integration_tests/config.json
	$(BIN)/python .ci/airbyte.py

test-pyairbyte: .venv/ready .venv-pyairbyte/ready  ## examples/pyairbyte.py into DuckDB and a PostgreSQL of its own, twice, against a sandbox
	PYTHONPATH=. $(BIN)/python .ci/pyairbyte.py

test-postgres: .venv/ready  ## `sync` into a PostgreSQL server of Debian's package `postgresql`, which it starts in a temporary folder
	$(BIN)/pytest -m postgres unit_tests/sourcewright/warehouse integration_tests/warehouse

test-real: .venv/ready  ## a real Sentry 9.1.2 beside plain GETs: SENTRY9_KIT starts one, or SENTRY9_URL, _TOKEN, _ORGANIZATION name one
	$(BIN)/pytest -m real integration_tests/real

test-spark: .venv-spark/ready  ## batches and streams of a sandbox in Spark, in one process and on two executors; wants a Java 17
	.venv-spark/bin/pytest -m spark unit_tests/sourcewright/spark
	for master in 'local[2]' 'local-cluster[2,1,1024]'; do \
	  SPARK_MASTER="$$master" .venv-spark/bin/pytest -m spark integration_tests/spark || exit 1; \
	done
	SPARK_MASTER='local[4]' .venv-spark/bin/pytest -m spark integration_tests/spark/test_batch.py -k limits

clean:
	rm -rf .venv .venv-* build sandbox/build dist *.egg-info sandbox/*.egg-info

.venv/ready: pyproject.toml sandbox/pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable sandbox --editable '.[dev]'
	@touch $@

# target-jsonl pins an old jsonschema, so each target has an environment of its own
.venv-targets/ready:
	$(PYTHON) -m venv .venv-targets/jsonl
	.venv-targets/jsonl/bin/pip install --quiet --disable-pip-version-check target-jsonl==0.1.4
	$(PYTHON) -m venv .venv-targets/duckdb
	.venv-targets/duckdb/bin/pip install --quiet --disable-pip-version-check target-duckdb==0.8.0 duckdb==1.2.2
	@touch $@

.venv-spark/ready: pyproject.toml sandbox/pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-spark
	.venv-spark/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable sandbox --editable '.[dev,spark]'
	@touch $@

.venv-pyairbyte/ready:
	$(PYTHON) -m venv .venv-pyairbyte
	.venv-pyairbyte/bin/pip install --quiet --disable-pip-version-check airbyte==0.71.3
	@touch $@

.venv-dbt/ready:
	$(PYTHON) -m venv .venv-dbt
	.venv-dbt/bin/pip install --quiet --disable-pip-version-check dbt-core==1.11.16 dbt-duckdb==1.11.1 dbt-postgres==1.11.0 duckdb==2.0.0
	@touch $@

.venv-audit/ready: pyproject.toml sandbox/pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1 pip-licenses==5.5.5
	$(PYTHON) -m venv --clear .venv-audit/installed
	.venv-audit/installed/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt ./sandbox '.[demo,singer]'
	@touch $@

.venv-peer/ready: benchmarks/peer.py
	$(PYTHON) -m venv .venv-peer
	.venv-peer/bin/python -m pip install --quiet --disable-pip-version-check airbyte-source-sentry==0.6.11
	.venv-peer/bin/python benchmarks/peer.py
	@touch $@
