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
OFFICE := $(and $(wildcard /usr/lib/libreoffice/program/libswlo.so),$(wildcard /usr/lib/libreoffice/program/libsclo.so))
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# 把关用开发那一半题；日期固定，效力才不随日子变。容差是两道题：近似最近邻的图每次建得略有不同
GATE := build/gate
BASELINE := evals/baselines/dev
GATE_AS_OF := 2026-11-21
GATE_RULES := exact_correct:0.015 right_clause:0.015 false_refusal:0.015 refusal_recall:0.04 \
	verbatim:0 jurisdiction_violation:0 validity_violation:0 error:0

.PHONY: chat test check gate gate-run baseline bench lock clean

chat: $(RUN_STAMP)
	@$(BIN)/python -m ingest sync
	@$(BIN)/python -m assistant serve --host $(HOST) --port $(PORT)

test: $(DEV_STAMP) browser office check gate
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# 与提交在库里的基线比，变差超过容差就失败；对照表在 build/gate/compare.html
gate: gate-run
	$(BIN)/python -m evals compare $(BASELINE) $(GATE)/run --out $(GATE) $(addprefix --fail-if-worse=,$(GATE_RULES)) > $(GATE)/compare.json

# 答法有意改变后更新基线，连同改动一起提交
baseline: gate-run
	$(BIN)/python -m evals baseline $(GATE)/run $(BASELINE)

gate-run: $(RUN_STAMP)
	@rm -rf $(GATE) && mkdir -p $(GATE)
	@cat evals/questions/*.jsonl > $(GATE)/questions.jsonl
	@$(BIN)/python -m ingest sync --home $(GATE)/home
	@$(BIN)/python -m evals run --questions $(GATE)/questions.jsonl --split dev --mode extractive --as-of $(GATE_AS_OF) \
		--home $(GATE)/home --out $(GATE)/run > $(GATE)/figures.json

# 各项性能的小规模测试；表格另存为 build/bench.md，数据为 build/bench.json
bench: $(DEV_STAMP)
	@mkdir -p build
	$(BIN)/python -m evals bench --short --markdown build/bench.md --out build/bench.json > /dev/null

# 浏览器测试要用系统的 Chromium 和中文字体；已装则跳过
.PHONY: browser
browser:
ifeq ($(CHROMIUM),)
	$(SUDO) apt-get update -qq
	$(SUDO) apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk
endif

# 旧版 Word（doc、wps、rtf）和表格的测试要用 LibreOffice 的 Writer 和 Calc；已装则跳过
.PHONY: office
office:
ifeq ($(OFFICE),)
	$(SUDO) apt-get update -qq
	$(SUDO) apt-get install -y -qq --no-install-recommends libreoffice-writer libreoffice-calc
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
