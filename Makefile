# make build the program; make help says what else there is.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    = 3s
UPLOT       = 1.6.32

.PHONY: build help check format vet test fuzz bench docs geo charts browser clean

build: ## build ./logsleuth
	go build -o logsleuth .

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

check: format vet test fuzz ## everything that must hold before a commit

format: ## name the files that gofmt would change
	@gofmt -l . | { ! grep .; } || { echo 'run: gofmt -w .'; exit 1; }

vet: ## look for mistakes that compile
	go vet ./...
	go run $(STATICCHECK) ./...

test: ## run the tests, with the race detector
	go test -race ./...

fuzz: ## a few seconds of each fuzz target
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$package; \
		done; \
	done

bench: ## measure the rooms that see every line
	go test -run '^$$' -bench . -benchmem ./source ./parser ./analyze

docs: ## write the pages of docs/ that are made from the code
	go test ./parser -run 'TestEventsPage|TestLinesPage' -update
	go test ./analyze -run TestRulesPage -update

geo: ## fetch the data about addresses anew (needs npm)
	./geo/build/build.sh

charts: ## fetch the library that draws the charts of the HTML report anew (needs npm)
	@set -e; work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
		npm pack --silent --pack-destination "$$work" uplot@$(UPLOT) >/dev/null; \
		tar -xzf "$$work"/*.tgz -C "$$work" --strip-components=1; \
		cp "$$work/dist/uPlot.iife.min.js" "$$work/dist/uPlot.min.css" report/html/; \
		cp "$$work/LICENSE" report/html/uPlot.LICENSE

browser: ## fetch what the tests of the HTML report drive Chromium with (needs npm)
	npm ci --silent --no-audit --no-fund --prefix report/testdata/browser

clean: ## remove what was built
	rm -rf logsleuth dist
