# Two commands: `make demo` shows the product at work, `make test` proves it.  Both set up all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test setup setup-trainer setup-dev format lint types contract tests accessibility docs-check wheel-test docs pictures clean

# Hash-pinned; the stamp is newer than the lock file when the environment is up to date.
$(VENV)/.run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "coach needs Python 3.11 or newer; say which with: make demo PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing pinned dependencies into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing pinned development tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.trainer: requirements-trainer.lock $(VENV)/.run
	@echo "Installing the pinned packages of the trainer's bench into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-trainer.lock
	@touch $@

setup: $(VENV)/.run
setup-trainer: $(VENV)/.trainer
setup-dev: $(VENV)/.dev

demo: setup
	@$(BIN)/coach demo

test: format lint types contract tests accessibility docs-check wheel-test

format: setup-dev
	$(BIN)/ruff format --check .
lint: setup-dev
	$(BIN)/ruff check .
types: setup-dev
	$(BIN)/mypy
contract: setup-dev
	$(BIN)/lint-imports
tests: setup-dev
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term --cov-fail-under=95 --ignore tests/wheel -m "not browser"
# The pages in a real headless Chromium; pytest's 5 means that this machine has none (the same rules in Python ran above).
accessibility: setup-dev
	$(BIN)/python -m pytest tests/reports -m browser || test $$? -eq 5
docs-check: setup-dev
	$(BIN)/python docs/generate.py --check
wheel-test: setup-dev
	rm -rf build/wheel build/site
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir build/wheel .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/site build/wheel/*.whl
	$(BIN)/python -m pytest tests/wheel

# Regenerates what the documents quote: command help, sample output, the file tree.
docs: setup-dev
	$(BIN)/python docs/generate.py

# Takes the README's pictures from the demo's pages; needs a Chromium.
pictures: setup-dev demo
	$(BIN)/python docs/pictures.py

clean:
	rm -rf $(VENV) build dist out .coverage* .mypy_cache .ruff_cache
