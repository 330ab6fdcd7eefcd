package parser

import (
	"strings"
	"testing"
)

func TestCodeInfo(t *testing.T) {
	for _, tt := range []struct {
		n    uint16
		want Code
	}{
		{161, Code{"mpm_prefork", LevelError, ScopeServer, false}},
		{484, Code{"mpm_event", LevelError, ScopeServer, false}},
		{128, Code{"core", LevelInfo, ScopeRequest, false}},
		{1630, Code{"authz_core", LevelError, ScopeRequest, false}},
		{1071, Code{"proxy_fcgi", LevelError, ScopeRequest, false}},
		{558, Code{"core", LevelAlert, ScopeServer, true}},
		{2008, Code{"ssl", LevelInfo, ScopeConnection, false}},
		{1909, Code{"ssl", LevelWarn, ScopeServer, false}},
	} {
		if got, ok := CodeInfo(tt.n); !ok || got != tt.want {
			t.Errorf("%s is %+v, %t, want %+v", CodeName(tt.n), got, ok, tt.want)
		}
	}
	if c, ok := CodeInfo(9999); ok {
		t.Errorf("AH09999 is %+v", c)
	}
}

// Every line of the table is one that the reader understands.
func TestCodesText(t *testing.T) {
	lines, last := 0, ""
	for line := range strings.Lines(codesText) {
		if line[0] == '#' {
			continue
		}
		lines++
		f := strings.Fields(line)
		level := strings.TrimSuffix(f[2], "*")
		if len(f) != 4 || level != "-" && levelOf([]byte(level)) == LevelNone || !strings.Contains("server connection request -", f[3]) {
			t.Errorf("not understood: %q", line)
		}
		if f[0] == last {
			t.Errorf("%s comes twice", last)
		}
		last = f[0]
	}
	if lines != len(codes()) || lines < 1000 {
		t.Errorf("%d lines, %d codes", lines, len(codes()))
	}
}
