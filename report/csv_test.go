package report

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/analyze"
)

func ExampleCell() {
	for _, s := range []string{"=1+1", " @SUM(1)", "GET /a;=1+1", "a=b", "-7", "x\r\n=1"} {
		fmt.Println(Cell(s))
	}
	// Output:
	// '=1+1
	//  '@SUM(1)
	// GET /a;'=1+1
	// a=b
	// '-7
	// x\r\n=1
}

func TestCSVOfAReport(t *testing.T) {
	for _, format := range []string{"csv", "csv-timeline", "csv-events"} {
		for _, r := range append(results, struct {
			name   string
			result *analyze.Result
		}{"formulas", eachText(flood(), func(s string) string { return "=1+" + s })}) {
			text := written(t, format, r.result, Options{})
			if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
				t.Errorf("%s, %s: lines do not end as RFC 4180 asks", format, r.name)
			}
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatalf("%s, %s: %v", format, r.name, err)
			}
			if format == "csv" && len(rows) != 1+len(r.result.Clients) {
				t.Errorf("%s: %d rows for %d clients", r.name, len(rows), len(r.result.Clients))
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell = strings.TrimSpace(cell); cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
						t.Errorf("%s, %s: a formula: %q", format, r.name, cell)
					}
				}
			}
		}
	}
}
