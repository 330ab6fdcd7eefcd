package parser

import (
	"slices"
	"testing"
)

func TestShownByPHP(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"a warning", "Warning: Undefined variable $a in /srv/a.php on line 3", "level=warn kind=php.warning message=<PHP Warning: Undefined variable $a in /srv/a.php on line 3>"},
		{"in a container", "php-1  | Deprecated: x in /srv/a.php on line 3", "host=php-1 level=info kind=php.notice message=<PHP Deprecated: x in /srv/a.php on line 3>"},
		{"the memory ran out", "Fatal error: Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/a.php on line 3", "level=error kind=php.memory message=<PHP Fatal error: Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/a.php on line 3>"},
		{"another program's warning", "Warning: the disk is nearly full", "kind=unknown message=<Warning: the disk is nearly full>"},
		{"another one with a number", "Warning: 3 errors on line 3", "kind=unknown message=<Warning: 3 errors on line 3>"},
		{"a compiler", "Fatal error: Uncaught in the middle", "kind=unknown message=<Fatal error: Uncaught in the middle>"},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
	text := "[14-Mar-2026 07:39:24 UTC] PHP Fatal error:  Uncaught Error: x in /srv/a.php:3\nStack trace:\n#0 {main}\n  thrown in /srv/a.php on line 3\n\n" +
		"Fatal error: Uncaught Error: x in /srv/a.php:3\nStack trace:\n#0 {main}\n  thrown in /srv/a.php on line 3\n"
	const trace = "\nStack trace:\n#0 {main}\n  thrown in /srv/a.php on line 3"
	want := []string{
		"1+4 php.fatal <PHP Fatal error:  Uncaught Error: x in /srv/a.php:3" + trace + ">",
		"5+1 unknown <>",
		"6+4 php.fatal <PHP Fatal error: Uncaught Error: x in /srv/a.php:3" + trace + ">",
	}
	if got := events(text); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	text = "php-1  | Fatal error: Uncaught Error: x in /srv/a.php:3\nphp-1  | Stack trace:\nphp-1  | #0 {main}\nphp-1  |   thrown in /srv/a.php on line 3\n"
	if got := events(text); !slices.Equal(got, []string{"1+4 php.fatal <PHP Fatal error: Uncaught Error: x in /srv/a.php:3" + trace + ">"}) {
		t.Errorf("in a container: %q", got)
	}
}
