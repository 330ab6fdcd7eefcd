package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

// Read reads a report that was written as JSON.
func Read(r io.Reader) (*analyze.Result, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("it is empty; write one with logsleuth analyze --format json")
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok || typ.Field != "schema" {
			return nil, notJSON(text, err)
		}
	}
	if err := knownSchema(head.Schema); err != nil {
		return nil, err
	}
	result := new(analyze.Result)
	if err := json.Unmarshal(text, result); err != nil {
		return nil, notJSON(text, err)
	}
	if result.Verdict.Cause == "" {
		return nil, errors.New("it is no whole report: it has no verdict")
	}
	return result, nil
}

func knownSchema(name string) error {
	family, known, _ := strings.Cut(analyze.ReportSchema, "/v")
	mine, _ := strconv.Atoi(known)
	rest, ours := strings.CutPrefix(name, family+"/v")
	version, err := strconv.Atoi(rest)
	switch {
	case name == analyze.ReportSchema:
		return nil
	case name == "":
		return fmt.Errorf("it is no report of logsleuth: it has no schema; write one with logsleuth analyze --format json")
	case !ours || err != nil:
		return fmt.Errorf("it is no report of logsleuth: its schema is %q, not %s", name, analyze.ReportSchema)
	case version > mine:
		return fmt.Errorf("its schema is %s, newer than this logsleuth, which reads %s; use a newer logsleuth", name, analyze.ReportSchema)
	}
	return fmt.Errorf("its schema is %s; this logsleuth reads %s", name, analyze.ReportSchema)
}

// notJSON says where the JSON is wrong, as an editor counts.
func notJSON(text []byte, err error) error {
	at := int64(-1)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset
	}
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if typ.Field == "" {
			return fmt.Errorf("it is no report of logsleuth, but a JSON %s", typ.Value)
		}
		return fmt.Errorf("it is no report of logsleuth: %s is a JSON %s", typ.Field, typ.Value)
	}
	if at < 0 || at > int64(len(text)) {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	line := 1 + bytes.Count(text[:max(at-1, 0)], []byte("\n"))
	return fmt.Errorf("it is no JSON: line %d: %w", line, err)
}
