# One line per thing that can be done: run make to see them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Prerequisites run in the order in which they are written: first what is needed, then the work.
.NOTPARALLEL:
.PHONY: build demo test race lint fmt fuzz bench docs sizes packs tidy check clean help need-go need-gcc need-redis

# The product and its tests are built without cgo, so Go and make are enough; only the race detector turns it on.
export CGO_ENABLED := 0

# Asked only when something is built: a tree without git or without tags has a version too.
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
# How long each fuzz target runs.
T ?= 5s
# Which benchmarks run, how often each, and an earlier result to compare with (benchstat wants six of each).
B ?= .
N ?= 1
OLD ?=

step := scripts/step

##@ Try it

build: need-go ## Build bin/petrel
	@$(step) "build bin/petrel" go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/petrel ./cmd/petrel

demo: build ## Try Petrel in this terminal against a simulated Clary
	@bin/petrel demo

##@ Work on it

test: need-go need-redis ## Run the tests (needs redis-server; no C compiler)
	@$(step) "test" go test $$(go list ./... | grep -v '/internal/app$$')
# The tests of the repository's rules read it through go list, which the test cache does not see.
	@$(step) "test the repository's rules" go test -count=1 ./internal/app

race: export CGO_ENABLED := 1
race: need-go need-gcc need-redis ## Run the tests under the race detector (needs gcc)
# Never cached: another run meets another order of events.
	@$(step) "test under the race detector" go test -race -count=1 ./...

lint: need-go ## Check style, formatting and the bans of .golangci.yml; report sizes
	@$(step) "lint" scripts/tool golangci-lint run ./...
	@scripts/sizes

fmt: need-go ## Format the Go files
	@$(step) "format" scripts/tool golangci-lint fmt

fuzz: need-go ## Fuzz each target for T (make fuzz T=1h)
	@$(step) "fuzz each target for $(T)" scripts/fuzz $(T)

bench: need-go ## Run the benchmarks that match B, N times, into bin/bench.txt; OLD=FILE compares
	@mkdir -p bin
	@$(step) "benchmark" go test -run '^$$' -bench '$(B)' -benchmem -count $(N) ./... | tee bin/bench.txt
	@if [ -n "$(OLD)" ]; then scripts/tool benchstat "$(OLD)" bin/bench.txt; fi

docs: need-go ## Write the generated pages and config.example.yaml anew
	@$(step) "write docs/reference" go run ./cmd/petrel docs --repo .

sizes: ## Report files, functions, packages and interfaces that grew large
	@scripts/sizes

packs: build ## Lint the aliases of the built-in packs and run their tests
	@$(step) "lint the packs" bin/petrel alias lint
	@$(step) "test the packs" bin/petrel pack test

tidy: need-go ## Check that go.mod and tools/go.mod list what is used
	@$(step) "check the module files" scripts/tidy

check: need-go need-gcc need-redis tidy build lint packs test fuzz race ## Everything that continuous integration checks

clean: ## Remove what was built, the pinned tools as well
	@rm -rf bin .tools

##@ Help

help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile

need-go:
	@scripts/need-go
need-gcc:
	@scripts/need gcc
need-redis:
	@scripts/need redis-server
