# What can be done here; `make` alone lists it.
PREFIX ?= /usr/local
DESTSECONDS ?= 300
DIR ?=
RELEASE := swift build -c release --static-swift-stdlib
BINARY = $(shell $(RELEASE) --show-bin-path)/llmgw
REQUESTS ?= 1000000
SEED ?= 1
FACTS ?= ../shared/data
DIR ?= ../shared/cassettes

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## install the system packages that are missing (Debian, Ubuntu)
	@scripts/setup

build: setup ## build the release binary
	$(RELEASE) --product llmgw

run: build ## build, send a prompt to the offline model, and show what was spent
	@scripts/demo "$(BINARY)"

test: ## run all tests
	@scripts/setup mandoc zsh fish openssl
	swift build --build-tests
	# Apart, so that what waits for sockets is not kept waiting by what computes.
	swift test --skip-build --filter WireTests --filter BenchmarkingTests
	swift test --skip-build --skip WireTests --skip BenchmarkingTests --skip GatewayServerTests
	swift test --skip-build --filter GatewayServerTests

lint: setup ## check the format and that generated files are in step
	@scripts/lint

format: ## format the source
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

generate: ## write man/ and completions/ from the list of commands
	@scripts/generate

catalog: ## write the provider data files (from FACTS, when there) and the embedded tables
	@if [ -d "$(FACTS)" ]; then python3 scripts/catalog.py import "$(FACTS)"; fi
	python3 scripts/catalog.py embed

conformance: setup ## compare with recorded exchanges: make conformance DIR=FOLDER
	@scripts/conformance "$(DIR)"

translation: setup ## write docs/translation.md from the matrix test
	swift build --build-tests
	LLMGW_WRITE_DOCS=1 swift test --skip-build --filter TranslationMatrix

repl-page: setup ## write docs/repl.md from a session at a pseudo-terminal
	swift build --build-tests
	LLMGW_WRITE_DOCS=1 swift test --skip-build --filter ThePageAboutTheRepl

fuzz: setup ## fuzz each decoder for SECONDS (300)
	@Fuzzing/run --seconds $(SECONDS)

fuzz-http: ## a million damaged requests against the server (REQUESTS, SEED)
	swift build --build-tests
	LLMGW_MUTATIONS=$(REQUESTS) LLMGW_MUTATION_SEED=$(SEED) swift test --skip-build --filter MutationTests

test-clients: ## the official clients against llmgw serve, with the network (ARGS="-k crossing")
	@scripts/setup python3-venv
	@scripts/test-clients $(ARGS)

bench: ## measure start-up, reports and decoding against the thresholds
	@scripts/setup valgrind binutils
	@Benchmarks/run

bench-server: setup ## measure serve beside nginx: CPU, latency, streams, leaks, kill -9 (ARGS="--only start", ARGS=--publish)
	@scripts/setup wrk nginx gcc
	@Benchmarks/server/run $(ARGS)

bench-driver: build ## whether llmgw bench keeps up with 5,000 requests and 500 streams a second
	@scripts/setup gcc
	@Benchmarks/driver --binary "$(BINARY)"

install: build ## install program, manual and completions under PREFIX (/usr/local)
	@scripts/install "$(BINARY)" "$(DESTDIR)$(PREFIX)"

uninstall: ## remove what install put there
	@scripts/install --remove "$(DESTDIR)$(PREFIX)"

dist: build ## pack dist/: a tarball and a Debian package
	@scripts/setup binutils
	@scripts/dist "$(BINARY)"

check-dist: dist ## try the packages in a clean Debian 12 (as root, with the network)
	@scripts/check-dist

.PHONY: help setup build run test lint format generate catalog conformance translation repl-page fuzz fuzz-http test-clients bench bench-server bench-driver install uninstall dist check-dist
.DEFAULT_GOAL := help
