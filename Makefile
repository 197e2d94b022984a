# The commands of development; `make help` lists them. Every target prepares what it needs.
.DEFAULT_GOAL := help
BIN := .venv/bin
TESTS ?= tests
WORKERS ?= auto
SOURCES := portal tests bench migrations config.py wsgi.py gunicorn.conf.py
TEXTS := docs templates static/css static/js deploy README.md CHANGELOG.md Makefile pyproject.toml
# Without what was compiled before, each start of the portal compiles all of it again: 4 to 7 s instead of 3.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

environment:
	@deploy/environment requirements.txt
	@deploy/assets

environment-dev:
	@deploy/environment requirements.txt requirements-dev.txt
	@deploy/assets

browser: environment-dev
	@$(BIN)/python -m tests.support.browser

# What `flask up` runs, without loading the application first.
run: environment ## start the portal on http://127.0.0.1:8000 (PORT=...)
	@exec $(BIN)/python -m portal.runtime.supervisor

dev: environment ## start the portal, again when a file changes
	@exec $(BIN)/python -m portal.runtime.supervisor --reload

test: environment-dev browser ## every test, in a real browser too
	@$(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

test-fast: environment-dev ## the quick tests: no browser, no process, nothing slow
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not browser and not process and not slow" $(TESTS)

style: environment-dev
	@$(BIN)/python -m ruff check $(SOURCES)
	@$(BIN)/python -m ruff format --check $(SOURCES)
	@$(BIN)/python -m djlint templates --lint --quiet
	@$(BIN)/python -m codespell_lib $(SOURCES) $(TEXTS)
	@$(BIN)/flask --app wsgi translate --check

# Joined front-end files, and the npm packages that check them; running and testing the portal needs neither.
node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "Node.js with npm is missing; install it (on Debian and Ubuntu: sudo apt install npm)." >&2; exit 2; }
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

style-frontend: node_modules/.installed
	@node_modules/.bin/biome check --error-on-warnings
	@node deploy/bundle.mjs --check

types: environment-dev
	@$(BIN)/python -m mypy --num-workers auto

lint: style style-frontend types

check: ## what CI runs: lint, format, types, templates, translations, then every test (needs Node)
	@$(MAKE) --no-print-directory -j2 lint browser
	@$(MAKE) --no-print-directory test

check-full: ## what CI runs, with every combination of theme, language and width
	@FULL_GRID=1 $(MAKE) --no-print-directory check

coverage: environment-dev browser ## every test, with a report in htmlcov/
	@$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=html --cov-report=term:skip-covered $(TESTS)

fmt: environment-dev ## format the code
	@$(BIN)/python -m ruff check --fix --quiet $(SOURCES)
	@$(BIN)/python -m ruff format $(SOURCES)

fmt-frontend: node_modules/.installed ## format JavaScript and CSS (needs Node)
	@node_modules/.bin/biome check --write

bench: environment-dev ## measure speed and memory, and compare with the bars
	@$(BIN)/python -m bench

mutants: environment-dev ## put a sample of small faults into the code and count those that a test notices (SEED=1 SIZE=100)
	@$(BIN)/python -m tests.mutants --seed $(or $(SEED),1) --size $(or $(SIZE),100)

fuzz: environment-dev ## send generated requests to the portal that make run started
	@deploy/fuzz

bundle: node_modules/.installed ## join static/css and static/js into static/dist (needs Node)
	@node deploy/bundle.mjs

vendor: node_modules/.installed ## copy the front-end files into static/vendor (needs Node)
	@npm run vendor

mail: environment-dev ## compile the mails from their MJML sources
	@$(BIN)/flask --app wsgi build-mails

lock: ## pin the requirements again (needs uv)
	@for name in requirements requirements-dev deploy/installer; do \
		uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
			--custom-compile-command "make lock" $$name.in -o $$name.txt; done

.PHONY: help environment environment-dev browser run dev test test-fast style style-frontend types lint check check-full coverage fmt \
	fmt-frontend bench mutants fuzz bundle vendor mail lock
