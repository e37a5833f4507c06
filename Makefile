# `make help` lists what there is. Only Python 3.11 or newer, git and make are taken for granted.
SHELL := /bin/bash
.NOTPARALLEL:
.DEFAULT_GOAL := help
PYTHON_IN = .venv/bin/python

# With nothing named, K2-mini, whatever the configuration says, and a goal of its kind that takes sixty calls.
NAMED = $(filter command,$(origin GOAL) $(origin MODEL) $(origin DIR))$(FARSIDE_MODEL)
ifeq ($(NAMED),)
GOAL = bralwom.conf includes other files. Which value does vaipean get there?
MODEL = k2/mini
DIR = examples/settings
else
GOAL = Each file in this folder is an invoice. What is the grand total of all of them, and which customer owes the most in all?
MODEL =
DIR = examples/invoices
endif
# Past make's own expansion: a goal may hold quotes and dollar signs.
export FARSIDE_MAKE_GOAL := $(value GOAL)
export FARSIDE_MAKE_MODEL := $(value MODEL)
export FARSIDE_MAKE_DIR := $(value DIR)
# The engine of the embedded model is 110 MB, torch 200 MB and more; a run with any other model does without.
TAKEN = $(firstword $(MODEL) $(FARSIDE_MODEL) local)
EXTRA = $(if $(filter local local/%,$(TAKEN)),local)$(if $(filter k2/%,$(TAKEN)),k2)
# Tests wait much: for processes, for deadlines. Four processes keep two cores busy; the next test goes to the one that is free.
SPREAD = --numprocesses 4 --dist worksteal

# A thread waits a moment before it sleeps, and memory stays with the process: together a step takes a third less. glibc
# then looks long for a place; with tcmalloc, where it is installed, a step takes another quarter less.
TCMALLOC = $(firstword $(wildcard /usr/lib/*/libtcmalloc_minimal.so.4))
KEEPS = $(if $(TCMALLOC),LD_PRELOAD=$(TCMALLOC) TCMALLOC_RELEASE_RATE=0,MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592)
TRAINS = GOMP_SPINCOUNT=10000 $(KEEPS)

.PHONY: help setup run test test-k2 test-all mini lint format bench clean

help: ## this list
	@sed -n 's/^\([a-z%-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## set up .venv with what run and test need
	@scripts/setup.sh local dev

run: ## K2-mini on a goal of its own, or: make run GOAL="..." [MODEL=provider/name] [DIR=folder; DIR= for a new one]
	@scripts/setup.sh $(EXTRA)
	@.venv/bin/farside run "$$FARSIDE_MAKE_GOAL" \
	  $${FARSIDE_MAKE_MODEL:+--model "$$FARSIDE_MAKE_MODEL"} $${FARSIDE_MAKE_DIR:+--dir "$$FARSIDE_MAKE_DIR"}

test: ## all tests but those that need the 1.1 GB model or take minutes; K2-mini runs in them, on torch
	@scripts/setup.sh k2 dev
	@OMP_NUM_THREADS=1 $(PYTHON_IN) -m pytest $(SPREAD)

test-k2: ## set up torch and the packages that farside.k2 is proven against, then its tests
	@scripts/setup.sh parity dev
	@$(PYTHON_IN) -m pytest tests/k2

mini: ## train K2-mini from nothing in build/mini, and tell how it does; goes on where it was stopped
	@scripts/setup.sh train dev
	@env $(TRAINS) $(PYTHON_IN) -m farside.train.mini --out build/mini
	@$(PYTHON_IN) -m bench.train_success --model k2/build/mini/model --families bills notes configs recurrence --steps 5 20 60 250 --tries 13 --kept build/mini/model/tries.jsonl --out build/mini/success.svg

test-all: ## every test: needs the network once for the 1.1 GB model, and takes long
	@scripts/setup.sh local train parity dev
	@$(PYTHON_IN) -m pytest --all

lint: ## ruff and strict mypy; sets up torch, whose types are checked too
	@scripts/setup.sh train parity dev
	@$(PYTHON_IN) -m ruff check
	@$(PYTHON_IN) -m ruff format --check
	@$(PYTHON_IN) -m mypy src tests bench

format: ## let ruff fix and format
	@scripts/setup.sh dev
	@$(PYTHON_IN) -m ruff check --fix
	@$(PYTHON_IN) -m ruff format

bench: ## list the benchmarks; make bench-NAME runs bench/NAME.py
	@for file in $$(grep -l __main__ bench/*.py); do name=$${file##*/}; \
	  printf 'make bench-%-16s %s\n' "$${name%.py}" "$$(sed -n '1s/"""//gp' "$$file")"; done

bench-small_model bench-citations: NEEDS = local
bench-ceilings bench-k2_expert bench-k2_layer: NEEDS = parity
bench-train_success bench-train_optimizers bench-train_throughput bench-train_context bench-train_int4 bench-train_reinforce bench-train_loss: NEEDS = train parity
bench-%: bench/%.py
	@scripts/setup.sh $(NEEDS) dev
	@$(PYTHON_IN) -m bench.$* $(ARGS)

clean: ## remove .venv and caches; runs and the downloaded model stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
