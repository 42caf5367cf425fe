# Needs Python >= 3.11, < 3.13 (or any Python 3: uv then fetches one) and make, nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
# Start-up reads compiled files; a shell that forbids writing them makes every start slow.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
TOOLS := var/tools
UV := $(TOOLS)/bin/uv
STAMP := $(VENV)/.synced
TEMPLATES = $$(find api frontend -name '*.html')
CODE := contracts orders shop api frontend tests benchmarks manage.py
WORKERS ?= 2

.PHONY: help demo test check bench reset lock assets format venv

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/'

demo: $(STAMP) ## the house with demo data at http://127.0.0.1:8000 (PORT=8001 for another port)
	@PORT=$(PORT) exec $(BIN)/python -m shop.demo

test: $(STAMP) assets ## the whole suite on real servers
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(STAMP) ## format of code and templates, lint, import directions, types, settings, missing migrations
	$(BIN)/ruff format --check .
	$(BIN)/djade --target-version 5.2 --check $(TEMPLATES)
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -W error manage.py check --fail-level WARNING
	$(BIN)/python -m shop.services run -- $(BIN)/python manage.py makemigrations --check --dry-run

bench: $(STAMP) ## the measurements of benchmarks/
	$(BIN)/python -m benchmarks $(ARGS)

reset: ## stops the servers and deletes all data, not the packages
	@if [ -x $(BIN)/python ]; then \
		for folder in var var/test var/bench; do \
			KAUFHAUS_VAR=$$folder $(BIN)/python -m shop.services remove; \
		done; \
	fi
	rm -rf var/demo var/static var/media var/mail var/test var/bench var/run var/celerybeat-schedule*

assets: $(STAMP) ## design system and htmx into var/assets
	@$(BIN)/python -m shop.assets

format: $(STAMP) ## sorts imports, formats code and templates
	$(BIN)/ruff check --fix-only --select I .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES)

lock: $(UV) ## pins requirements.in with hashes
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --upgrade --output-file requirements.lock requirements.in
	echo uv | $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade --output-file requirements-uv.lock -

venv: $(STAMP) ## the packages of requirements.lock

# pip fetches uv, uv does the rest: a minute faster than pip alone.
$(UV): requirements-uv.lock
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "This Python has no venv: install it first (Debian, Ubuntu: apt install python3-venv)." >&2; \
		exit 1; }
	@mkdir -p var
	@rm -rf $(TOOLS)
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements-uv.lock

$(STAMP): requirements.lock | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --allow-existing --python '>=3.11,<3.13' $(VENV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@touch $(STAMP)
