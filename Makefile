# Everything that a person or a machine does with this repository. `make` alone lists it.
# ARGS is handed on: make run ARGS="--once --json", make test ARGS="-k sandbox -x"
ARGS ?=

# Dozens of processes start here: each would compile all that it imports where the shell sets this.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv/bin
CHECK_DATA := .venv/check-data
CHECK_ENV := QTWIN_DATA_DIR=$(CHECK_DATA) QTWIN_SECRET_KEY_FILE=$(CHECK_DATA)/secret_key \
	QTWIN_CREDENTIAL_KEY_FILE=$(CHECK_DATA)/credential_key

DATA := $(or $(QTWIN_DATA_DIR),.qtwin)
DATA_ENV := QTWIN_DATA_DIR=$(DATA) \
	QTWIN_SECRET_KEY_FILE=$(or $(QTWIN_SECRET_KEY_FILE),$(DATA)/secret_key) \
	QTWIN_CREDENTIAL_KEY_FILE=$(or $(QTWIN_CREDENTIAL_KEY_FILE),$(DATA)/credential_key)

# Whole files on each core, in the order of tests/conftest.py: the longest first.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: help run demo-world demo-phases scale-model setup test test-all faults soak fuzz check check-invariants manage backup restore docs wheel test-wheel check-infra bench bench-twin bench-libraries screenshots openapi fmt lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

run: setup ## start QTwin, run the demos, print the address
	@$(VENV)/python -m infra.dev $(ARGS)

demo-world: setup ## learn a machine, train schedules in its world, transfer them; ARGS="--quick --json"
	@$(VENV)/python -m infra.demo_world $(ARGS)

setup: ## make .venv from requirements.lock
	@PYTHON="$(PYTHON)" sh infra/setup.sh

test: setup ## run the tests but the slow ones, a file at a time on each core
	$(VENV)/python -m pytest --ignore=tests/benchmarks $(PARALLEL) $(or $(ARGS),-m "not slow" tests)

test-all: setup ## run the tests and benchmarks, then what touches the database on PostgreSQL
	QTWIN_TEST_EVERY_LOOK=1 $(VENV)/python -m pytest $(ARGS)
	QTWIN_TEST_POSTGRES=1 $(VENV)/python -m pytest tests/unit/accounts tests/unit/campaigns tests/unit/jobs \
		tests/unit/projects tests/unit/twins tests/unit/webhooks tests/integration

wheel: setup ## build the wheel into dist
	@$(VENV)/python -m hatchling build -t wheel -d dist

test-wheel: setup ## install the wheel in an empty environment, serve from it, run its demo
	$(VENV)/python -m pytest -s tests/integration/wheel $(ARGS)

faults: setup ## kill -9 of everything, a vendor that loses answers, and mutants; at most 5 minutes
	@$(VENV)/python -m tests.faults $(ARGS)

check-infra: setup ## check image, compose file and chart by static tools in .venv-infra (600 MB)
	@[ -x .venv-infra/bin/yamllint ] || { $(VENV)/python -m venv .venv-infra && \
		.venv-infra/bin/python -m pip install --quiet -r infra/check/requirements.txt; }
	@$(VENV)/python -m infra.check

soak: setup ## half an hour of a team's work while workers, sweeper and broker are killed; ARGS="--minutes 5"
	@$(VENV)/python -m tests.soak $(ARGS)

fuzz: setup ## thousands of requests from docs/openapi.yaml, by Schemathesis in .venv-fuzz
	@[ -x .venv-fuzz/bin/schemathesis ] || { $(VENV)/python -m venv .venv-fuzz && \
		.venv-fuzz/bin/python -m pip install --quiet -r tests/fuzz/requirements.txt; }
	@$(VENV)/python -m tests.fuzz $(ARGS)

bench: setup ## measure every bar: one table, and build/bench.json; ARGS="--strict -k sweep"
	@$(VENV)/python -m tests.benchmarks $(ARGS)

bench-twin: setup ## score the twin on its cases, beside other models; ARGS="--quick --cases h4 eagle"
	@$(VENV)/python -m tests.benchmarks.twin $(ARGS)

bench-libraries: setup ## make .venv-bench with the models that bench-twin compares with (1.5 GB)
	$(VENV)/python -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet -r tests/benchmarks/twin/baselines.txt

demo-phases: setup ## tell the phases of the Ising ring from shots, beside logistic regression
	@$(VENV)/python -m infra.phases $(ARGS)

scale-model: setup ## where a platform of 100,000 users saturates first, from what is measured here
	@$(VENV)/python -m infra.scale $(ARGS)

screenshots: setup ## photograph every page in every look and state into build/screenshots
	@$(VENV)/python -m tests.browser.screenshots $(ARGS)

check: setup ## lint, types, layers, migrations, OpenAPI
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	@$(VENV)/python -c 'import pathlib; from qtwin.serve import folder; \
		folder.prepare(pathlib.Path("$(CHECK_DATA)"))'
	$(CHECK_ENV) $(VENV)/mypy
	$(VENV)/lint-imports
	$(CHECK_ENV) QTWIN_HTTPS=1 $(VENV)/python manage.py check --deploy --fail-level WARNING
	$(CHECK_ENV) $(VENV)/python manage.py makemigrations --check --dry-run
	$(CHECK_ENV) $(VENV)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

manage: setup ## manage.py on the data of make run; ARGS="export_project PROJECT FILE"
	@$(DATA_ENV) $(VENV)/python manage.py $(ARGS)

check-invariants: setup ## audit the database of make run; ARGS=--bytes reads all stored files too
	@$(DATA_ENV) $(VENV)/python manage.py check_invariants $(ARGS)

backup: setup ## back up the data of make run, while it runs; TO=folder, by default backups
	@$(DATA_ENV) $(VENV)/python manage.py backup "$(or $(TO),backups)"

restore: setup ## put a backup back into an empty data folder; FROM=backups/2026-11-30T12-00-00Z
	@$(DATA_ENV) $(VENV)/python manage.py restore "$(FROM)"

docs: setup ## build the site of docs/ into build/docs; every warning is an error
	@NO_MKDOCS_2_WARNING=1 $(VENV)/python -m mkdocs build --strict --quiet -f infra/docs/mkdocs.yml
	@echo "build/docs/index.html"

openapi: setup ## write docs/openapi.yaml anew, after a change of the API
	@$(VENV)/python -c 'import pathlib; from qtwin.serve import folder; \
		folder.prepare(pathlib.Path("$(CHECK_DATA)"))'
	$(CHECK_ENV) $(VENV)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

fmt: setup ## format and mend what can be mended
	$(VENV)/ruff format
	$(VENV)/ruff check --fix

lock: setup ## resolve the dependencies anew
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/uv pip compile --quiet --universal --generate-hashes \
		--extra all --extra dev --no-emit-index-url --no-emit-find-links --no-annotate --python-version 3.11 \
		pyproject.toml -o requirements.lock

clean: ## remove the environment and caches; data in .qtwin stays
	rm -rf .venv .venv-bench .venv-fuzz .venv-infra .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
