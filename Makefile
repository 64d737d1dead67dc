# run: set-up and start · test: set-up and the whole suite · check: what CI checks · bench: benchmarks · clean
# `make run PORT=8123` listens elsewhere; every setting is an environment variable LEARNFLOW_… (see .env.example).
.PHONY: run test check bench clean setup-dev lock

TESTS ?= tests
VENV := .venv/bin
ifdef PORT
export LEARNFLOW_PORT = $(PORT)
endif

run:
	@./setup.sh
	@$(VENV)/learnflow serve

setup-dev:
	@./setup.sh --dev --no-database

test: setup-dev
	$(VENV)/pytest -n auto --dist worksteal $(TESTS)

check: setup-dev
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports --no-cache
	$(VENV)/deptry src
	$(VENV)/learnflow course check curriculum

bench: setup-dev
	@missed=0; for what in api submit judge "judge --flat"; do echo "== bench.$$what"; \
	  $(VENV)/python -m bench.$$what || missed=1; done; exit $$missed

# Newest versions that install, pinned by hash, without the address of any index.
COMPILE = $(VENV)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock: setup-dev
	$(VENV)/python -m pip install --quiet uv
	$(COMPILE) --group install -o requirements.txt
	$(COMPILE) --group dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache src/*.egg-info
	@echo "Kept var/ (the database) and .env; remove them yourself if you mean to."
