# Every command of the project. `make` alone prints this list.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Arguments passed through: make test ARGS="-k level", make demo ARGS="--members 1000"
ARGS ?=
# What `make bare` runs in the bare system: make bare TARGETS="test"
TARGETS ?= demo test
export PYTHON VENV

.DEFAULT_GOAL := help
.PHONY: gallery help demo test check audit format messages web lock docs bench soak bare warm clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: $(READY) ## Show a demo company: database, site and worker, until Ctrl-C
	@$(BIN)/upline demo $(ARGS)

test: $(READY) ## Run the tests, on two PostgreSQL servers (ARGS="-k word" for some of them)
	@tools/test.sh $(ARGS)

check: $(READY) ## Check format, lint, types, imports, migrations and safety
	@failed=; \
	found=$$(mktemp); trap 'rm -f "$$found"' EXIT; \
	$(BIN)/python tools/bandit_findings.py >"$$found" 2>&1 & bandit=$$!; \
	$(BIN)/ruff format --check --quiet . || { echo "Format: run make format"; failed=1; }; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports --no-logo || failed=1; \
	UPLINE_ENV=test $(BIN)/python -W ignore $(BIN)/upline manage makemigrations --check --dry-run \
		|| { echo "Migrations: run upline manage makemigrations APP -n name"; failed=1; }; \
	wait $$bandit || { cat "$$found"; failed=1; }; \
	test -z "$$failed"

audit: $(READY) ## Ask the network whether a locked package has a known fault
	@$(BIN)/python tools/audit.py

format: $(READY) ## Format the code and repair what the linter can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

messages: $(READY) ## Bring the message catalogues up to date and compile them
	@$(BIN)/python -m tools.catalogues

# Not `npm ci`: it refuses a lock in which packages for other systems are missing, and the lock holds
# those that there were for all. Versions and hashes of the lock count here as well.
web: ## Build styles, scripts, icons and fonts of the screens (needs Node; what it makes is committed)
	@cd frontend && { test -d node_modules || npm ci --no-audit --no-fund; } && npm run --silent build

COMPILE = $$(tools/bootstrap.sh uv) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(ARGS)

lock: ## Rewrite the locks from pyproject.toml (ARGS="--upgrade" for newer versions)
	@$(COMPILE) --extra platform --group dev --output-file requirements.lock pyproject.toml
	@echo uv | $(COMPILE) --output-file tools/uv.txt -

docs: $(READY) ## Build the documentation into build/docs
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --jobs 2 docs build/docs
	@echo "Open build/docs/index.html"

gallery: $(READY) ## Photograph the screens for the documentation (ARGS="--languages ru,pl")
	@tools/chromium.sh
	@$(BIN)/python -m tools.gallery $(ARGS)

bench: $(READY) ## Time the engine against other ways to do the same, and the close of a month
	@$(BIN)/upline bench engine $(ARGS)
	@$(BIN)/upline bench close

soak: $(READY) ## Compare both engines on random worlds, kill closes at random (UPLINE_WORLDS, UPLINE_TRIALS)
	@$(BIN)/python -m tests.properties.soak
	@UPLINE_TRIALS=$${UPLINE_TRIALS:-100} $(BIN)/python -m pytest -q -p no:cacheprovider \
		tests/faults/test_close_kills.py -k random

warm: $(READY) ## Compile the kernels now, so that the first run need not
	@$(BIN)/upline warm $(ARGS)

bare: ## Prove demo and test on a bare Debian 12, as root and as a user (needs root)
	@tools/bare.sh $(TARGETS)

clean: ## Remove everything that these commands made
	@rm -rf $(VENV) .tools build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml tools/bootstrap.sh tools/uv.txt
	@tools/bootstrap.sh venv
	@touch $@
