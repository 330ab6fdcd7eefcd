# make build the program; make help says what else there is.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    = 3s
UPLOT       = 1.6.32

.PHONY: build help check format vet test cases fuzz bench calibrate docs geo ranges charts browser clean

build: ## build ./logsleuth
	go build -o logsleuth .

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

check: format vet test cases fuzz ## everything that must hold before a commit

format: ## name the files that gofmt would change
	@gofmt -l . | { ! grep .; } || { echo 'run: gofmt -w .'; exit 1; }

vet: ## look for mistakes that compile
	go vet ./...
	go run $(STATICCHECK) ./...

test: ## run the tests, with the race detector
	go test -race ./...

cases: ## what is known of the logs in testdata/cases must hold
	go run . check testdata/cases

fuzz: ## a few seconds of each fuzz target
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$package; \
		done; \
	done

bench: ## measure the rooms that see every line
	go test -run '^$$' -bench . -benchmem ./source ./parser ./analyze

calibrate: ## measure the stated confidences on thousands of simulated servers
	go test ./analyze -run TestCalibration -v -timeout 1h -calibrate 100

docs: ## write the pages and lists that are made from the code
	go test ./parser -run 'TestEventsPage|TestLinesPage' -update
	go test ./analyze -run TestRulesPage -update
	go test ./cmd -run TestCheckPage -update
	go test ./report/events -run TestRecordsPage -update
	go test ./mask -run TestWords -update

geo: ## fetch the data about addresses anew (needs npm)
	./geo/build/build.sh

ranges: ## fetch the published ranges of CDNs and crawlers anew (needs the operators' sites)
	go run ./geo/ranges

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
