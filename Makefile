# make build the program; make help says what else there is.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    = 3s
UPLOT       = 1.6.32

BENCHSTAT   = golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
AGAINST     = $(shell git describe --tags --abbrev=0 2>/dev/null || echo HEAD)
BENCHES     = go test -run '^$$' -bench . -benchmem -count 6 ./source ./parser ./analyze

.PHONY: build help check format vet test cases fuzz bench bench-quick bench-rooms bench-compare calibrate docs geo ranges charts dist dist-check browser clean

build: ## build ./logsleuth
	go build -o logsleuth .

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' Makefile

check: format vet test cases fuzz ## everything that must hold before a commit

format: ## name the files that gofmt would change
	@gofmt -l . | { ! grep .; } || { echo 'run: gofmt -w .'; exit 1; }

vet: ## look for mistakes that compile
	go vet ./...
	go run $(STATICCHECK) ./...

test: ## run the tests, with the race detector
	go test -race -timeout 40m ./...

cases: ## what is known of the logs in testdata/cases must hold
	go run . check testdata/cases

fuzz: ## a few seconds of each fuzz target
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$package; \
		done; \
	done

bench: build ## measure beside wc, awk, fail2ban-regex and lnav, as in docs/performance.md (half an hour)
	@for p in fail2ban-regex:fail2ban lnav:lnav zstd:zstd; do command -v $${p%:*} >/dev/null || packages="$$packages $${p#*:}"; done; \
		[ -z "$$packages" ] || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $$packages; } >&2 || \
		echo "without$$packages: those rows are missing" >&2
	go run ./bench

bench-quick: build ## the same with small logs (a minute)
	go run ./bench -size 70 -huge 0 -runs 5

bench-rooms: ## measure the rooms that see every line
	go test -run '^$$' -bench . -benchmem ./source ./parser ./analyze

bench-compare: ## bench-rooms, against the last tag or AGAINST=COMMIT
	@set -e; dir=$$(mktemp -d); trap 'git worktree remove --force $$dir/old; rm -rf $$dir' EXIT; \
		git worktree add --quiet --detach $$dir/old $(AGAINST); \
		(cd $$dir/old && $(BENCHES)) > $$dir/$(AGAINST).txt; \
		$(BENCHES) > $$dir/now.txt; \
		cd $$dir && go run $(BENCHSTAT) $(AGAINST).txt now.txt

calibrate: ## measure the stated confidences on thousands of simulated servers
	go test ./analyze -run TestCalibration -v -timeout 1h -calibrate 100

docs: ## write the pages and lists that are made from the code, and what the commands in the others print
	go test ./parser -run 'TestEventsPage|TestLinesPage' -update
	go test ./analyze -run TestRulesPage -update
	go test ./cmd -run 'TestCheckPage|TestConfigPages|TestReferencePages' -update
	go test ./cmd -run TestDocsRun -update
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

dist: ## build what people install into dist/: archives, Debian packages, lists of parts, checksums
	rm -rf dist
	go run ./release

dist-check: ## try dist/: made again the same, installed and removed in a clean Debian (root, debootstrap, a quarter of an hour)
	./release/check.sh

browser: ## fetch what the tests of the HTML report drive Chromium with (needs npm)
	npm ci --silent --no-audit --no-fund --prefix report/testdata/browser

clean: ## remove what was built
	rm -rf logsleuth dist
