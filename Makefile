# Two commands are enough: `make serve` to try it, `make test` to check it. PORT= and PWA_DATA_DIR= are honoured.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help serve test bench prove demo lint migration lock

help:
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/.ready  ## set up what is missing, then serve at http://127.0.0.1:8000
	@$(BIN)/pwa init
	@exec $(BIN)/pwa serve

demo: $(VENV)/.ready  ## serve with invented people and reports
	@$(BIN)/pwa init
	@$(BIN)/pwa demo
	@exec $(BIN)/pwa serve

test: $(VENV)/.ready-to-test browser  ## all tests, with real Chromium and real PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

bench: $(VENV)/.ready-to-test browser  ## measure beside something bare, in 4 minutes (PARTS="size server page alerts")
	@$(BIN)/python -m bench $(PARTS)

prove: $(VENV)/.ready-to-test browser firefox  ## the long proofs, about 40 minutes; needs npx for Lighthouse
	@$(BIN)/python -m bench.prove

lint: $(VENV)/.ready-to-test  ## look for mistakes and untidiness
	$(BIN)/ruff check
	$(BIN)/ruff format --check

migration: $(VENV)/.ready-to-test  ## write the next migration from the models: NAME=what_changes
	@file=$$($(BIN)/python -m pwa.migrations "$(NAME)") && $(BIN)/ruff format -q "$$file" && echo "$$file"

$(VENV)/.ready: requirements.txt pyproject.toml
	@deploy/install requirements.txt
	@touch $@

$(VENV)/.ready-to-test: requirements-test.txt $(VENV)/.ready
	@deploy/install requirements-test.txt
	@touch $@

.PHONY: browser firefox
browser firefox:
	@deploy/$(@:browser=chromium)

lock:  ## choose the newest allowed packages again and note their hashes
	deploy/lock
