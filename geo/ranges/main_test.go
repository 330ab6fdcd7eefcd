package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRefresh(t *testing.T) {
	publisher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/text":
			fmt.Fprint(w, "173.245.48.0/20\n8.8.4.4\r\n")
		case "/json":
			fmt.Fprint(w, `{"creationTime":"2026-01-01","prefixes":[{"ipv6Prefix":"2001:4860:4801:10::/64"},{"ipv4Prefix":"66.249.64.0/27"},{"ipv4Prefix":"66.249.64.0/27"}]}`)
		case "/page":
			fmt.Fprint(w, "<html>173.245.48.0/20</html>")
		case "/everybody":
			fmt.Fprint(w, "173.245.48.0/20\n0.0.0.0/0\n")
		case "/private":
			fmt.Fprint(w, `["10.0.0.0/9"]`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer publisher.Close()
	var b strings.Builder
	b.WriteString("# a remark\n\n")
	for _, name := range []string{"text", "json", "page", "everybody", "private", "missing"} {
		fmt.Fprintf(&b, "service %s | cdn | X\nsource https://example.org/ | 2020-01-01\nlist %s/%s\nnet 9.9.9.0/24\n", name, publisher.URL, name)
	}
	b.WriteString("service silent | crawler | -\nsource https://example.org/ | 2020-01-01\nas 7\n")
	file := filepath.Join(t.TempDir(), "services.txt")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := refresh(file, publisher.Client(), "2026-11-24", &out); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(file)
	want := strings.Replace(b.String(), publisher.URL+"/text\nnet 9.9.9.0/24", publisher.URL+"/text\nnet 8.8.4.4/32 173.245.48.0/20", 1)
	want = strings.Replace(want, publisher.URL+"/json\nnet 9.9.9.0/24", publisher.URL+"/json\nnet 66.249.64.0/27 2001:4860:4801:10::/64", 1)
	want = strings.Replace(want, "2020-01-01", "2026-11-24", 2)
	if string(got) != want {
		t.Errorf("the file is now\n%s\nwant\n%s", got, want)
	}
	for _, line := range []string{
		"text: 2 ranges from its publisher", "json: 2 ranges from its publisher",
		"page: kept 1 ranges of 2020-01-01: ", "everybody: kept 1 ranges", "0.0.0.0/0, which no service has", "private: kept",
		"missing: kept 1 ranges of 2020-01-01: ", "404", "silent: kept its network's number", "2 of 7 services from their publishers",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("it does not say %q:\n%s", line, out.String())
		}
	}
}

func TestRefreshWithoutANetwork(t *testing.T) {
	publisher := httptest.NewServer(nil)
	publisher.Close() // nobody answers there any more
	text := "service a | cdn | X\nsource https://example.org/ | 2020-01-01\nlist " + publisher.URL + "\nnet 9.9.9.0/24\n"
	file := filepath.Join(t.TempDir(), "services.txt")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := refresh(file, http.DefaultClient, "2026-11-24", &out); err == nil {
		t.Error("no error where nothing could be fetched")
	}
	if got, _ := os.ReadFile(file); string(got) != text {
		t.Errorf("the file was changed: %s", got)
	}
}
