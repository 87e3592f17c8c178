# Two commands do everything: `make run` and `make test`. Each installs what it needs.
# CARGO_TARGET_DIR is respected, so that a build cache may live outside the checkout.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET := $(or $(CARGO_TARGET_DIR),target)
LISTEN ?= 127.0.0.1:8080
DATA ?= data
WEB := clients/web
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public $(WEB)/index.html $(WEB)/package.json $(WEB)/vite.config.ts -type f 2>/dev/null)

.PHONY: help run test check rust-test web-test browser-test guide bench deny tools browser-tools

help:
	@echo "make run    build everything and serve the demonstration hall at http://$(LISTEN)"
	@echo "make test   every test, browser tests included"
	@echo "make guide  the pictures of the user guide, taken anew"
	@echo "make bench  the figures, as a table and as JSON in loadtests/results"
	@echo "make deny   what the program is made of: licences, sources, doubled crates"

run: tools $(WEB)/dist/index.html
	cargo build --release --locked -p server
	$(TARGET)/release/hub demo --listen "$(LISTEN)" --data "$(DATA)"

test: check rust-test web-test browser-test
	@echo "every test passed"

# Formatting and lints first: they fail fastest.
check: tools $(WEB)/dist/index.html
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

# nextest runs each test in a process of its own, which is quicker here; plain cargo does too.
rust-test: tools $(WEB)/dist/index.html
	if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run --locked --workspace; \
	else \
	  cargo test --locked --workspace; \
	fi

web-test: tools $(WEB)/node_modules/.installed
	cd $(WEB) && npm test

browser-test: tools browser-tools $(WEB)/dist/index.html
	cargo build --locked -p server
	.ci/browser "$(TARGET)/debug/hub"

# The pictures of docs/guide, taken anew in a hall of their own.
guide: tools browser-tools $(WEB)/dist/index.html
	cargo build --locked -p server
	HALLS=1 .ci/browser "$(TARGET)/debug/hub" node e2e/guide.mjs

bench: tools $(WEB)/dist/index.html
	cargo build --release --locked -p server -p loadtests
	$(TARGET)/release/loadtests all --hub $(TARGET)/release/hub --results loadtests/results

# Not a part of `make test`: the tool takes minutes to build.
deny:
	@cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny
	cargo deny check bans licenses sources

tools:
	@command -v cargo >/dev/null || { echo "Rust is missing: see https://rustup.rs"; exit 1; }
	@command -v node >/dev/null || { echo "Node is missing: apt-get install nodejs npm"; exit 1; }
	@command -v cc >/dev/null || .ci/apt build-essential

# Chromium, and fonts for every script that the pages are written in.
browser-tools:
	@command -v chromium >/dev/null || .ci/apt chromium
	@fc-list 2>/dev/null | grep -qi "noto.*cjk" || .ci/apt fonts-noto-cjk
	@fc-list 2>/dev/null | grep -qi "noto.*arabic" || .ci/apt fonts-noto-core

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund
	touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	cd $(WEB) && npm run build
	touch $@
