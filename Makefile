# 两条命令：make chat（安装、建索引、打开网页）与 make test（全部检查）。
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 7860
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
CHROMIUM := $(shell command -v chromium 2>/dev/null)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: chat test check bench lock clean

chat: $(RUN_STAMP)
	@$(BIN)/python -m ingest sync
	@$(BIN)/python -m assistant serve --host $(HOST) --port $(PORT)

test: $(DEV_STAMP) browser check
	$(BIN)/python -m pytest

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV_STAMP)
	$(BIN)/python -m evals bench --short

# 浏览器测试要用系统的 Chromium 和中文字体；已装则跳过
.PHONY: browser
browser:
ifeq ($(CHROMIUM),)
	$(SUDO) apt-get update -qq
	$(SUDO) apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk
endif

# 先升级 pip（旧版在本依赖集上会崩溃），再确认 torch 是 CPU 版，最后按锁定版本安装
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade pip

$(RUN_STAMP): pyproject.toml requirements.lock | $(VENV)/bin/python
	$(BIN)/python .ci/cpu_torch.py requirements.lock
	$(PIP) install --quiet --constraint requirements.lock --editable .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	$(PIP) install --quiet --constraint requirements.lock --editable '.[dev,train]'
	@touch $@

# 重新锁定：在干净环境里装最新的允许版本，再写下实际版本
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade pip
	build/lock/bin/python -m pip install --quiet '.[dev,train]'
	build/lock/bin/python -m pip freeze --exclude grassroots-policy-assistant | sed 's/+cpu$$//' > requirements.lock

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache
