# `make demo` grades the example class, `make test` tests everything. Each makes its own .venv from pinned versions.

PYTHON ?= $(firstword $(shell command -v python3.13 python3.12 python3.11 python3))
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
JOBS ?= 2

export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint format verify class bench hostile clean

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

class: $(INSTALLED)
	$(BIN)/python examples/make_class.py

hostile: $(INSTALLED)
	$(BIN)/python tests/hostile/table.py

bench: $(INSTALLED)
	$(BIN)/python bench/grade.py

clean:
	rm -rf $(VENV) out release

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=/path/to/python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@
