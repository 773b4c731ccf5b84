# `make demo` grades the example class, `make test` tests everything. Each makes its own .venv from pinned versions.

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
    $$python -c '$(NEW_ENOUGH)' 2>/dev/null && { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
JOBS ?= 2

export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint format verify verified mutants class bench soak fuzz hostile house clean

demo: $(INSTALLED)
	$(BIN)/grader grade examples/class -o out --trust-submissions

test: $(INSTALLED)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

verify: $(INSTALLED)
	$(BIN)/grader verify --seeds 20

verified: $(INSTALLED)
	$(BIN)/python scripts/write_verified.py

mutants: $(INSTALLED)
	$(BIN)/grader verify --mutants

class: $(INSTALLED)
	$(BIN)/python examples/make_class.py

soak: $(INSTALLED)
	$(BIN)/python bench/soak.py

fuzz: $(INSTALLED)
	$(BIN)/python bench/fuzz.py

hostile: $(INSTALLED)
	PYTHONPATH=.:tests $(BIN)/python -m hostile.table

bench: $(INSTALLED)
	$(BIN)/python bench/grade.py

house: $(INSTALLED)
	$(BIN)/python scripts/house.py

clean:
	rm -rf $(VENV) out release

$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(NEW_ENOUGH)' || \
    { echo "Python 3.11 or newer is needed and was not found. Try: make PYTHON=/path/to/python3.12"; exit 2; }
	@scripts/install_jail.sh
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@
