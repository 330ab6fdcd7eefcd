package events

import (
	"strconv"

	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report"
)

func csvHead() string {
	var names []string
	for _, c := range Columns {
		names = append(names, c.Name)
	}
	return string(report.AppendCSV(nil, names))
}

func appendCSV(b []byte, r *parser.Record) ([]byte, error) {
	cells := make([]string, len(Columns))
	for i, c := range Columns {
		switch {
		case c.text != nil:
			cells[i] = report.Cell(c.text(r))
		case c.flag != nil:
			cells[i] = strconv.FormatBool(c.flag(r))
		default:
			if n, known := c.number(r); known {
				cells[i] = strconv.FormatInt(n, 10)
			}
		}
	}
	return report.AppendCSV(b, cells), nil
}
