# What can be done here; `make` alone lists it.
PREFIX ?= /usr/local
DESTDIR ?=
RELEASE := swift build -c release --static-swift-stdlib
BINARY = $(shell $(RELEASE) --show-bin-path)/llmgw
FACTS ?= ../shared/data

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## install the system packages that are missing (Debian, Ubuntu)
	@scripts/setup

build: setup ## build the release binary
	$(RELEASE) --product llmgw

run: build ## build, send a prompt to the offline model, and show what was spent
	@scripts/demo "$(BINARY)"

test: setup ## run all tests
	swift build --build-tests
	swift test --skip-build

lint: setup ## check the format and that generated files are in step
	@scripts/lint

format: ## format the source
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

catalog: ## write the provider data files (from FACTS, when there) and the embedded tables
	@if [ -d "$(FACTS)" ]; then python3 scripts/catalog.py import "$(FACTS)"; fi
	python3 scripts/catalog.py embed

bench: ## measure start-up, reports and decoding against the thresholds
	@scripts/setup valgrind binutils
	@Benchmarks/run

install: build ## install under PREFIX (/usr/local)
	install -D -s -m 755 "$(BINARY)" "$(DESTDIR)$(PREFIX)/bin/llmgw"

uninstall: ## remove what install put there
	rm -f "$(DESTDIR)$(PREFIX)/bin/llmgw"

.PHONY: help setup build run test lint format catalog bench install uninstall
.DEFAULT_GOAL := help
