package parser

import "bytes"

// Messages of PHP and PHP-FPM that tell more than their label does.

var (
	phpDisk = &Kind{
		Name: "php.disk", Role: Harm, Severity: 3, Family: PHP, Prefix: []string{"PHP Warning:", "PHP Notice:", "PHP Fatal error:"},
		Title: "PHP could not write, the disk is full",
		Doc:   "A script could not write a file or its session because the disk is full: logins, uploads and caches fail, and soon the database does.",
		Samples: []string{
			story + "PHP Warning:  session_start(): open(/var/lib/php/sessions/sess_x, O_RDWR) failed: No space left on device (28) in /srv/a.php on line 3",
			story + "PHP Notice:  file_put_contents(): Write of 12 bytes failed with errno=28 No space left on device in /srv/a.php on line 3",
			story + "PHP Warning:  file_put_contents(): Only 0 of 12 bytes written, possibly out of free disk space in /srv/a.php on line 3",
		},
		Misses: []string{story + "PHP Warning:  fopen(No space left on device): failed to open stream: No such file or directory in /srv/a.php on line 3"},
		match: func(e *Event) bool {
			text := e.text[:min(len(e.text), 512)]
			if !bytes.Contains(text, space) { // the common line
				return false
			}
			if i := bytes.Index(text, noSpace); i >= 0 {
				return bytes.HasSuffix(text[:i], []byte("failed: ")) || bytes.HasSuffix(text[:i], []byte("errno=28 ")) || bytes.HasSuffix(text[:i], []byte("open stream: "))
			}
			return bytes.Contains(text, outOfDisk)
		},
		detail: detailPHP, origin: originPHP,
	}
	scriptRefused = &Kind{
		Name: "script.refused", Role: Deed, Severity: 2, Family: PHP, Prefix: []string{"Access to the script '"},
		Title:   "PHP-FPM refused to run a file that is no script",
		Doc:     "A client wanted a file to be run that does not end like a script (security.limit_extensions), such as a picture that was uploaded.",
		Samples: []string{apacheLine + `[proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01071: Got error 'Access to the script '/srv/wp-content/uploads/a.jpg' has been denied (see security.limit_extensions)\n'`},
		Misses:  []string{story + "Access to the script '/srv/a.jpg' has been denied"},
		match:   func(e *Event) bool { return e.Code == 1071 || e.Format == nginxLog },
		subject: func(e *Event) []byte {
			path := e.text[len("Access to the script '"):]
			if i := lastIndex(path, "' has been denied"); i >= 0 {
				path = path[:i]
			}
			return path
		},
		detail: detailTarget,
	}
	phpUploads = &Kind{
		Name: "php.uploads", Role: Harm, Severity: 3, Family: PHP, Prefix: []string{"PHP "},
		Title: "code ran in a folder for uploads",
		Doc:   "PHP speaks of a script in WordPress's folder for uploads, where none belongs: a back door, unless a plugin keeps files there.",
		Samples: []string{
			story + "PHP Warning:  Undefined array key \"c\" in /srv/wp-content/uploads/2026/03/x.php on line 1",
			story + "PHP Warning:  Undefined array key \"c\" in /srv/wp-content/uploads/2026/03/x.php(1) : eval()'d code on line 1",
		},
		Misses: []string{
			story + "PHP Warning:  getimagesize(/srv/wp-content/uploads/2026/03/x.php): Failed to open stream in /srv/wp-includes/media.php on line 5",
		},
		match: func(e *Event) bool {
			if !bytes.Contains(lastPath(e.text), []byte("/uploads/")) { // the common line ends here
				return false
			}
			file, _ := phpPlace(e.text)
			return bytes.Contains(file, []byte("/wp-content/uploads/"))
		},
		detail: detailPHP, origin: originPHP,
	}
	phpEval = &Kind{
		Name: "php.eval", Role: Harm, Severity: 1, Family: PHP, Prefix: []string{"PHP "},
		Title:   "code ran that stands in no file",
		Doc:     "PHP speaks of code that a script put together while it ran. Some plugins do that, and most back doors.",
		Samples: []string{story + "PHP Warning:  Undefined array key \"c\" in /srv/wp-content/themes/spring/a.php(12) : eval()'d code on line 1"},
		Misses:  []string{story + "PHP Warning:  Undefined array key \"eval()'d code\" in /srv/a.php on line 1"},
		match: func(e *Event) bool {
			if place, ok := beforeLine(e.text); !ok || !bytes.HasSuffix(place, []byte("eval()'d code")) {
				return false
			}
			file, _ := phpPlace(e.text)
			return bytes.HasSuffix(file, []byte(" : eval()'d code"))
		},
		detail: detailPHP, origin: originPHP,
	}
	phpInput = &Kind{
		Name: "php.input", Role: Deed, Severity: 1, Family: PHP, Prefix: []string{"PHP Warning:", "PHP Request Startup:"},
		Title: "a request had more fields, files or bytes than PHP takes",
		Doc:   "A request had more fields, files or bytes than PHP's limits allow: a large form, or somebody who tries things out.",
		Samples: []string{
			story + "PHP Warning:  POST Content-Length of 12582912 bytes exceeds the limit of 8388608 bytes in Unknown on line 0",
			story + "PHP Warning:  Unknown: Input variables exceeded 1000. To increase the limit change max_input_vars in php.ini. in Unknown on line 0",
		},
		match: func(e *Event) bool {
			t := bytes.TrimPrefix(afterLabel(e.text), []byte("Unknown: "))
			for _, begin := range []string{"POST Content-Length of ", "Input variables exceeded ", "Maximum number of allowable file uploads", "PHP Request Startup: "} {
				if bytes.HasPrefix(t, []byte(begin)) {
					return true
				}
			}
			return false
		},
		detail: detailPHP,
	}
)

// lastPath is the last word before " on line N" at the end of a text.
func lastPath(text []byte) []byte {
	place, ok := beforeLine(text)
	if !ok {
		return nil
	}
	const longest = 256
	place = place[max(0, len(place)-longest):]
	if bytes.HasSuffix(place, []byte("eval()'d code")) { // which was put together by a script
		place = place[:max(0, bytes.Index(place, []byte(" : eval()'d code")))]
	}
	return place[bytes.LastIndexByte(place, ' ')+1:]
}

// beforeLine is a text without " on line N" at its end.
func beforeLine(text []byte) (place []byte, ok bool) {
	for len(text) > 0 && text[len(text)-1]-'0' <= 9 {
		text = text[:len(text)-1]
	}
	return bytes.CutSuffix(text, []byte(onLine))
}

// The system's words for a full disk, and PHP's.
var (
	noSpace   = []byte("No space left on device")
	outOfDisk = []byte("possibly out of free disk space")
	space     = []byte("space") // both have it
)
