# News Atlas: `make help` lists what there is. Needs git, make and Python 3.11 to 3.13; everything happens in .venv.
PYTHON  ?= python3
ARTICLE ?= data/articles/pakistan-islamic-state.txt
OUT     ?= reports
BIN     := .venv/bin
# The stamp of a finished set-up bears the folder it is for, so that a clone that was moved is set up anew.
READY   := .venv/.ready-$(shell printf %s "$(CURDIR)" | cksum | cut -d ' ' -f 1)
# Passed through the environment and to the letter: paths and addresses hold spaces, quotes and dollar signs.
override ARTICLE := $(value ARTICLE)
override OUT := $(value OUT)
export ARTICLE OUT

.DEFAULT_GOAL := help
.PHONY: help report lab test benchmark fuzz lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

report: $(READY) ## write reports/<article>.html; ARTICLE=<path or URL> for your own
	@$(BIN)/newsatlas report "$$ARTICLE" --out "$$OUT"

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks

test: $(READY) ## check the style, run every test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/nbstripout --verify notebooks/*.ipynb
	@$(BIN)/python -m pytest -n auto --dist loadfile

benchmark: $(READY) ## print speed and memory beside a plain tagger pass, and where the seconds go
	@$(BIN)/python scripts/benchmark.py

fuzz: $(READY) ## feed odd bytes to what reads files, a minute a reader
	@$(BIN)/python scripts/fuzz.py

lock: $(READY) ## resolve pyproject.toml anew into requirements.lock and environment.yml
	@$(BIN)/python scripts/lock_dependencies.py

clean: ## remove .venv, reports and caches; data stay
	@rm -rf .venv reports .pytest_cache .ruff_cache .hypothesis
	@find . -path ./.git -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints -o -name '*.egg-info' \) -prune -exec rm -rf {} +

# The stamp is written last: an interrupted set-up starts over, a finished one is not repeated.
$(READY): pyproject.toml requirements.lock
	@command -v "$(PYTHON)" > /dev/null || { echo 'There is no $(PYTHON): install Python 3.11, 3.12 or 3.13, or name it: make PYTHON=/path/to/python $(MAKECMDGOALS)' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit("News Atlas needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is %s.%s: try make PYTHON=python3.12 $(MAKECMDGOALS)" % v)'
	@"$(PYTHON)" -c 'import ensurepip, venv' 2> /dev/null || { echo 'The venv module of $(PYTHON) is not installed: on Debian and Ubuntu, run apt-get install python3-venv, then try again.' >&2; exit 1; }
	@echo 'Setting up .venv: once, about two minutes ...' >&2
	@"$(PYTHON)" -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
