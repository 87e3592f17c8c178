# The two commands of the README, and what they are made of.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET := $(or $(CARGO_TARGET_DIR),target)
LISTEN ?= 127.0.0.1:8080
DATA ?= data

.PHONY: help run test test-rust test-web test-browser lint web install install-browser bench

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: install web ## build everything and serve a demonstration hall
	cargo build --release -p server
	$(TARGET)/release/hub demo --listen $(LISTEN) --data $(DATA)

test: install install-browser web lint test-rust test-web test-browser ## every test

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

test-rust:
	cargo nextest run --workspace

test-web:
	cd clients/web && npm test

test-browser:
	cargo build -p server
	deploy/dev/with-demo.sh $(TARGET)/debug/hub npm --prefix clients/web run browser

web: clients/web/node_modules/.package-lock.json
	cd clients/web && npm run build

clients/web/node_modules/.package-lock.json: clients/web/package-lock.json
	cd clients/web && npm ci --no-audit --no-fund
	@touch $@

install:
	deploy/dev/install.sh build

install-browser:
	deploy/dev/install.sh browser

bench: ## the figures, as a table and as JSON
	cargo build --release -p server -p loadtests
	$(TARGET)/release/loadtests all --hub $(TARGET)/release/hub
