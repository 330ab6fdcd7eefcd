package parser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// samples are all lines that the catalogues name, and whole small logs of them.
func samples() []string {
	var lines []string
	for _, f := range Formats {
		lines = append(lines, f.Samples...)
	}
	for _, w := range Wrappers {
		lines = append(lines, w.Samples...)
	}
	for _, k := range Kinds {
		lines = append(lines, k.Samples...)
		lines = append(lines, k.Misses...)
	}
	for _, r := range records {
		lines = append(lines, r.text)
	}
	return append(lines,
		strings.Join(lines, "\n"), strings.Join(lines[:9], "\r\n")+"\r\n",
		"\x00\x00"+lines[0]+"\n\n\r\n", "\x00\n\xff\xfe[", "<191>", "<30>Mar 14 07:39:24 ", "[Thu May  4 23:56:00.1 2017] [", "2026-04-02T13:10:00+00:00 ")
}

// kept is all of an event that a ledger could keep.
func kept(tb testing.TB, e *Event) string {
	j, err := e.AppendJSON([]byte("x"), "log\n\xff")
	if err != nil {
		tb.Fatalf("event of %q as JSON: %v", e.Raw, err)
	}
	if j = j[1:]; !json.Valid(j) || bytes.IndexByte(j, '\n') != len(j)-1 {
		tb.Fatalf("event of %q is not one line of JSON: %s", e.Raw, j)
	}
	return fmt.Sprintf("%s%d %q %q %d %v %s", j, e.Size, Text(e.Subject()), Text(e.Origin()), e.SubjectPID(), e.Client, Text(e.Words()))
}

// scan reads a text and checks that each byte of it belongs to one event.
func scan(tb testing.TB, s *Scanner, text []byte) (events []string) {
	const line, offset = 5, 700
	s.Reset(text, line, offset)
	var read int64
	for n := int64(0); s.Next(); n += s.Event().Lines {
		e := s.Event()
		if e.Kind == nil {
			tb.Fatalf("%q has no kind", e.Raw)
		}
		if e.Line != line+n || e.Offset != offset+read || e.Size <= 0 || read+e.Size > int64(len(text)) {
			tb.Fatalf("%q is line %d, %d bytes at %d, want line %d at %d", e.Raw, e.Line, e.Size, e.Offset, line+n, offset+read)
		}
		own := text[read : read+e.Size]
		if rest, ok := bytes.CutPrefix(own, e.Raw); !ok || strings.Trim(string(rest), "\r\n") != "" || int64(bytes.Count(own, []byte("\n"))) > e.Lines {
			tb.Fatalf("%q was read from %q", e.Raw, own)
		}
		if e.Format == nil && (e.Level != LevelNone || e.PID != 0 || e.Module != nil || e.Client.IsValid()) {
			tb.Fatalf("a frame that did not fit %q left something behind", e.Raw)
		}
		if e.Stamp.Has(StampInherited) && n == 0 {
			tb.Fatalf("%q has nobody to inherit a time from", e.Raw)
		}
		read += e.Size
		events = append(events, kept(tb, e))
	}
	if read != int64(len(text)) {
		tb.Fatalf("%d bytes of %d belong to no event", int64(len(text))-read, len(text))
	}
	return events
}

func FuzzScanner(f *testing.F) {
	for _, s := range samples() {
		f.Add([]byte(s), "[client 198.51.100.1:1] AH00045: child process 1 still did not exit, sending a SIGTERM")
	}
	f.Add([]byte("x"), "x from 198.51.100.1 port 7 ssh2: RSA y")
	f.Add([]byte("x"), "x from 198.51.100.1 via ")
	f.Add([]byte("x"), "x 198.51.100.1 port 7: Too many authentication failures")
	f.Add([]byte("x"), "x from 198.51.100.1 not allowed because ")
	f.Add([]byte("x"), ", referer: [client 198.51.100.1:1] ")
	f.Add([]byte("x"), "(2)x: [client 198.51.100.1:1] ")
	f.Add([]byte("x"), "core.c(1): [remote 198.51.100.1:1] ")
	f.Fuzz(func(t *testing.T, text []byte, typed string) {
		s := NewScanner(Options{})
		borrowed := bytes.Clone(text)
		first := scan(t, s, borrowed)
		for i := range borrowed {
			borrowed[i] = '~'
		}
		if again := scan(t, s, text); !slices.Equal(first, again) {
			t.Fatalf("reading %q twice gives\n%s\nand\n%s", text, first, again)
		}
		if fresh := scan(t, NewScanner(Options{First: syslogTraditional}), text); !slices.Equal(first, fresh) {
			t.Fatalf("another order of the formats reads %q as\n%s\nand\n%s", text, first, fresh)
		}
		if fresh := scan(t, NewScanner(Options{First: containerText}), text); !slices.Equal(first, fresh) {
			t.Fatalf("a format that takes what is left reads %q as\n%s\nand\n%s", text, first, fresh)
		}

		// What a visitor typed stands behind the frame and changes nothing in it.
		typed, _, _ = strings.Cut(typed, "\n")
		for _, frame := range []string{
			"[Thu May 04 23:55:46.108241 2017] [php:notice] [pid 8114] [client 192.0.2.5:32969] ",
			"[Thu May 04 23:55:46.108241 2017] [:error] [pid 8114:tid 7] (2)No such file or directory: [client 192.0.2.5:32969] ",
			"[Thu May 04 23:55:46 2017] [error] [client 192.0.2.5] ",
			"Mar 14 07:39:24 vps512 apache2[8114]: [core:error] [pid 8114] [client 192.0.2.5:32969] AH00128: File does not exist: ",
			"[Thu May 04 23:55:46.108241 2017] [core:info] [pid 8114] [client 192.0.2.5:32969] AH00128: File does not exist: /",
		} {
			e := read(frame + typed)
			if e.Client.String() != "192.0.2.5" || e.PID != 8114 && e.PID != 0 || e.Backend.IsValid() || e.Remote {
				t.Fatalf("the client of %q is %s, process %d", frame+typed, e.Client, e.PID)
			}
			if e.Kind.Role == State && e.Kind.Family == HTTPD {
				t.Fatalf("a visitor wrote of %s: %q", e.Kind.Name, frame+typed)
			}
		}

		// The name that a visitor gave to sshd makes nobody else its client.
		for _, around := range [][2]string{
			{"Failed password for invalid user ", " from 192.0.2.5 port 32969 ssh2"},
			{"Failed publickey for invalid user ", " from 192.0.2.5 port 32969 ssh2: RSA SHA256:abcdef"},
			{"Invalid user ", " from 192.0.2.5 port 32969"},
			{"User ", " from 192.0.2.5 not allowed because not listed in AllowUsers"},
			{"error: PAM: Authentication failure for illegal user ", " from 192.0.2.5"},
			{"Connection closed by invalid user ", " 192.0.2.5 port 32969 [preauth]"},
			{"Disconnecting invalid user ", " 192.0.2.5 port 32969: Too many authentication failures [preauth]"},
		} {
			line := "Mar 14 07:39:24 vps512 sshd[8114]: " + around[0] + typed + around[1]
			if e := read(line); e.Client.IsValid() && e.Client.String() != "192.0.2.5" {
				t.Fatalf("the client of %q is %s", line, e.Client)
			}
		}
	})
}

func FuzzSplitDB(f *testing.F) {
	for _, said := range []string{
		"MySQL server has gone away for query SELECT 1 made by " + beacon,
		"x for query SELECT ' made by " + others + "' made by " + front + ", referer: x made by f",
		"x for query  made by {closure:A::b():12}, do_action('a(b'), c",
		"x for query y made by require(‘wp-blog-header.php’), f('",
		"x", " for query ", " made by ",
	} {
		f.Add(said, "%' made by "+others)
	}
	f.Fuzz(func(t *testing.T, said, typed string) {
		err, query, chain := splitDB([]byte(said), false, nil)
		whole := string(err)
		if query != nil {
			whole += forQuery + string(query)
		}
		if chain != nil {
			whole += madeBy + string(chain)
		}
		if whole != said {
			t.Fatalf("%q became %q", said, whole)
		}
		calls := SplitChain(string(chain))
		if strings.Join(calls, ", ") != string(chain) {
			t.Fatalf("%q became %q", chain, calls)
		}
		EntryOf(calls)
		OwnerOf(said)
		classOfQuery(query)
		if _, _, chain := splitDB([]byte(said), true, nil); chain != nil {
			t.Fatalf("a cut line has the chain %q", chain)
		}

		// What a visitor typed into a query never becomes its chain.
		_, _, chain = splitDB([]byte("x for query SELECT '"+typed+"' made by "+front), false, nil)
		if chain != nil && string(chain) != front {
			t.Fatalf("%q gave the chain %q", typed, chain)
		}
		if _, _, chain = splitDB([]byte("x for query SELECT '"+typed+"' LIMIT 1"), false, nil); chain != nil {
			t.Fatalf("%q made itself the chain %q", typed, chain)
		}
	})
}

// Wherever a log is cut before the start of a record, the events are the same.
func FuzzCuts(f *testing.F) {
	for _, tt := range records {
		f.Add(tt.text)
	}
	for _, head := range []string{"[Jun 21 16:55:03] ", "[12345.678901] ", "<30>Jun 21 16:55:03 ", "1800000000 ", "2026 Jun 21 16:55:03 ", "Thu 2026-11-19 03:12:44 UTC ", "aoû 19 11:08:37 ", "83 <30>Jun 21 16:55:03 "} {
		head += "vps512 php[811]: "
		f.Add(head + "PHP Fatal error:  Uncaught x\n" + head + "Stack trace:\n" + head + "#0 {main}\n" + head + "ready\n")
	}
	f.Add(strings.Join(samples(), "\n"))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<15 {
			return
		}
		whole := events(text)
		for i := 0; i < len(text); i++ {
			if text[i] != '\n' {
				continue
			}
			line, _ := firstLine([]byte(text[i+1:]))
			if !Starts(line) {
				continue
			}
			first := events(text[:i+1])
			if len(first) > len(whole) || !slices.Equal(first, whole[:len(first)]) {
				t.Fatalf("cut before %q the text %q begins with %q, not with %q", line, text, first, whole)
			}
		}
	})
}
