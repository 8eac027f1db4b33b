# Everything that one does with Plein from a checkout. It needs Go, make and git;
# make test installs what it lacks (PostgreSQL, Chromium) from Debian.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8080
DATA ?= ./demo-data
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

export CGO_ENABLED := 0

.PHONY: help demo build test dev lint walls generate bench screenshots clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1|\2/' | column -t -s '|'

demo: ## Run a demo organisation on http://127.0.0.1:8080 (PORT=… for another port)
	@scripts/port-free.sh $(PORT) "make demo"
	@$(MAKE) build
	@exec ./bin/plein demo --listen 127.0.0.1:$(PORT) --data $(DATA)

build: ## Build ./bin/plein
	@mkdir -p bin
	go build -trimpath -ldflags "-s -w -X main.stamp=$(VERSION)" -o bin/plein ./cmd/plein

test: ## Run every test: unit, both databases, browser, accessibility
	@scripts/test.sh

dev: ## Run with live reload: build, restart and refresh the browser on every change
	@scripts/port-free.sh $(PORT) "make dev"
	@mkdir -p bin
	@go build -o bin/dev ./scripts/dev
	@exec ./bin/dev -listen 127.0.0.1:$(PORT) -data $(DATA)

lint: ## Check form: gofmt, templates, vet, staticcheck, the walls
	@scripts/lint.sh

walls: ## Check the walls of the house alone
	go test -count=1 internal/app/walls*_test.go

generate: ## Make again what is made from something else: templates, assets, docs
	scripts/templates.sh write
	go run ./web/build
	go generate ./...

bench: ## Measure how fast it is, beside a floor measured in the same run
	go run ./test/bench

screenshots: ## Take pictures of the screens beside the mock-ups
	go run ./test/screenshots

clean: ## Throw away what was built; data stays
	rm -rf bin
