# One line per thing that can be done: run make to see them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Prerequisites run in the order in which they are written: first what is needed, then the work.
.NOTPARALLEL:
.PHONY: build demo test browser race lint fmt fuzz bench fault fault-check fault-long fault-races soak guarantees docs sizes packs policy peers tidy check clean help need-go need-gcc need-node need-redis

# The product and its tests are built without cgo, so Go and make are enough; only the race detector turns it on.
export CGO_ENABLED := 0

# Asked only when something is built: a tree without git or without tags has a version too.
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
# How long each fuzz target runs.
T ?= 5s
# What the fault harness draws its kills from (0 draws the seed too), how long fault-long lasts, and whether petrel has the race detector in it
# (1 or 0; it is slower to build).
SEED ?= 0
LONG ?= 1h
RACE ?= $(shell command -v gcc >/dev/null 2>&1 && echo 1 || echo 0)
# Which benchmarks run, how often each, and an earlier result to compare with (benchstat wants six of each).
B ?= .
N ?= 1
OLD ?=
# Which judges make peers asks; empty is all.
J ?=

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

browser: need-go ## Try the simulated Slack and Discord with a real Chromium, which is installed where it is missing; pictures go to bin/
	@scripts/need chromium
	@mkdir -p bin/pictures
	@$(step) "look at the simulated chats with a browser" go test -count=1 -run '^TestBrowser$$' ./cmd/petrel -shots "$(CURDIR)/bin/pictures"

race: export CGO_ENABLED := 1
race: need-go need-gcc need-redis ## Run the tests under the race detector (needs gcc)
# Never cached: another run meets another order of events. Short: what has no second goroutine, or plays the same race hundreds of times, plays
# fewer rounds than in make test, and nothing is left out. Vet has looked at the same files in make test.
	@$(step) "test under the race detector" go test -race -short -vet=off -count=1 ./...

lint: need-go ## Check style, formatting and the bans of .golangci.yml; report sizes
# With other tags the linter analyses every dependency anew, so one run looks at the whole tree as it is with the tag fault. Of the four files
# that it does not see, three lie in packages with few dependencies; internal/app/mutant.go is one line, which make test vets.
	@$(step) "lint" scripts/tool golangci-lint run --build-tags fault ./...
	@$(step) "lint what is there without that tag" scripts/tool golangci-lint run ./internal/clock ./internal/failpoint
	@scripts/sizes

fmt: need-go ## Format the Go files
	@$(step) "format" scripts/tool golangci-lint fmt

fuzz: need-go ## Fuzz each target for T (make fuzz T=1h)
	@$(step) "fuzz each target for $(T)" scripts/fuzz $(T)

bench: need-go need-redis ## Run the benchmarks that match B, N times, into bin/bench.txt; OLD=FILE compares
	@mkdir -p bin
	@$(step) "benchmark" go test -run '^$$' -bench '$(B)' -benchmem -count $(N) ./... | tee bin/bench.txt
	@if [ -n "$(OLD)" ]; then scripts/tool benchstat "$(OLD)" bin/bench.txt; fi

bin/petrel-fault: FORCE need-go need-redis
	@$(step) "build petrel and the harness with the tag fault" env CGO_ENABLED=$(RACE) go build $(if $(filter 1,$(RACE)),-race) -tags fault -ldflags "-X main.version=$(VERSION)" -o bin/petrel-broken ./cmd/petrel
	@go build -tags fault -ldflags "-X main.version=$(VERSION)" -o bin/petrel-timed ./cmd/petrel
	@go build -tags fault -o $@ ./cmd/petrel-fault

FORCE:

harness = bin/petrel-fault -petrel bin/petrel-broken -fast bin/petrel-timed -commit $(VERSION)

fault: bin/petrel-fault ## Break a running Petrel in every way that is known, about 11 minutes; writes docs/guarantees/fault.json
	@$(step) "test the harness" go test -tags fault ./internal/failpoint ./internal/fault
	@mkdir -p docs/guarantees
	@$(step) "break it" $(harness) -seed $(SEED) -results docs/guarantees/fault.json

fault-check: bin/petrel-fault ## Kill it at each point, with a fixed seed, and see that five defects are caught
	@$(step) "test the harness" go test -tags fault ./internal/failpoint ./internal/fault
	@$(step) "break it" $(harness) -seed 1 -small

fault-long: bin/petrel-fault ## Kill three replicas at random for LONG with the leases that are delivered; writes docs/guarantees/fault-long.json
	@$(step) "break it for $(LONG)" $(harness) -seed $(SEED) -lease 30s -long $(LONG) -results docs/guarantees/fault-long.json

fault-races: bin/petrel-fault ## Play 10,000 races for approvals (goal R6); writes docs/guarantees/races.json
	@$(step) "race" $(harness) -seed $(SEED) -races 10000 -results docs/guarantees/races.json

soak: bin/petrel-fault ## Watch for T whether goroutines, files or memory grow (make soak T=24h); writes docs/guarantees/soak.json
	@mkdir -p docs/guarantees
	@$(step) "watch it for $(T)" $(harness) -seed $(SEED) -lease 30s -soak $(T) -results docs/guarantees/soak.json

guarantees: docs ## Write the table of docs/guarantees.md anew from the results of make fault

docs: need-go ## Write the generated pages and config.example.yaml anew
	@$(step) "write docs/reference" go run ./cmd/petrel docs --repo .

sizes: ## Report files, functions, packages and interfaces that grew large
	@scripts/sizes

packs: build ## Lint the aliases of the built-in packs and run their tests
	@$(step) "lint the packs" bin/petrel alias lint
	@$(step) "test the packs" bin/petrel pack test

policy: build ## Run the tests of the example of people and permissions
	@$(step) "test the permissions" bin/petrel policy test --config docs/examples/people/petrel.yaml

tools/peers/node_modules: tools/peers/package-lock.json
	@$(step) "install the judges" npm ci --prefix tools/peers --ignore-scripts --no-audit --no-fund
	@touch $@

peers: need-go need-node build tools/peers/node_modules ## Have programs that others wrote judge the chats; J names judges (docs/peers.md)
	@$(step) "ask the judges" node tools/peers/main.mjs $(J)

tidy: need-go ## Check that go.mod and tools/go.mod list what is used
	@$(step) "check the module files" scripts/tidy

check: need-go need-gcc need-redis tidy build lint packs policy test fuzz race fault-check ## Everything that continuous integration checks

clean: ## Remove what was built, the pinned tools as well
	@rm -rf bin .tools tools/peers/node_modules

##@ Help

help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' Makefile

need-go:
	@scripts/need-go
need-gcc:
	@scripts/need gcc
need-node:
	@scripts/need node npm
need-redis:
	@scripts/need redis-server
