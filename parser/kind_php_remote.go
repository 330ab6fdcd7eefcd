package parser

import "bytes"

// phpRemote is what PHP says where a page asked another server (main/streams,
// main/network.c, ext/standard/fsock.c). The name that it asked for may be a
// visitor's; the words behind it are PHP's.
var phpRemote = &Kind{
	Name: "php.remote", Role: Harm, Severity: 1, Family: PHP, Prefix: []string{"PHP Warning:"},
	Title: "a page asked another server and got no answer",
	Doc:   "While it made a page, PHP asked another server (an API, a mail server, a feed) and got no answer. Unless a time limit was set the worker was held for up to a minute, default_socket_timeout; many of these fill the workers without many visitors.",
	Samples: []string{
		story + "PHP Warning:  file_get_contents(https://api.example.org/v1): Failed to open stream: Connection timed out in /srv/wp-content/plugins/feed/feed.php on line 9",
		story + "PHP Warning:  file_get_contents(http://api.example.org/v1): failed to open stream: HTTP request failed!  in /srv/wp-content/plugins/feed/feed.php on line 9",
		story + "PHP Warning:  fopen(): php_network_getaddresses: getaddrinfo failed: Temporary failure in name resolution in /srv/wp-content/plugins/feed/feed.php on line 31",
		story + "PHP Warning:  file_get_contents(): php_network_getaddresses: getaddrinfo for api.example.org failed: Name or service not known in /srv/a.php on line 3",
		story + "PHP Warning:  fsockopen(): Unable to connect to smtp.example.org:25 (Connection refused) in /srv/a.php on line 1",
		story + "PHP Warning:  stream_socket_client(): unable to connect to ssl://smtp.example.org:465 (Connection timed out) in /srv/wp-includes/PHPMailer/SMTP.php on line 440",
	},
	Misses: []string{
		story + "PHP Warning:  file_get_contents(/srv/a.txt): Failed to open stream: No such file or directory in /srv/a.php on line 9",
		story + "PHP Warning:  file_get_contents(http://api.example.org/v1): Failed to open stream: HTTP request failed! HTTP/1.1 404 Not Found in /srv/a.php on line 9",  // it answered
		story + "PHP Warning:  include(http://x): Failed to open stream: Connection timed out): Failed to open stream: No such file or directory in /srv/a.php on line 9", // a visitor's words
		story + `PHP Warning:  Undefined array key "fsockopen(): Unable to connect to x (Connection refused)" in /srv/a.php on line 1`,
	},
	match: unanswered, detail: detailPHP, origin: originPHP,
	next: "Can this machine resolve the name that the line holds, and reach it? Give the plugin's call a time limit of a few seconds, and keep what it gets.",
}

// noAnswer is how the reason begins where another server was not reached, or was silent.
var noAnswer = [][]byte{
	[]byte("Connection timed out"), []byte("Operation timed out"), []byte("Connection refused"), []byte("No route to host"),
	[]byte("Network is unreachable"), []byte("php_network_getaddresses: "), []byte("HTTP request failed! "),
}

func unanswered(e *Event) bool {
	call, reason, ok := bytes.Cut(afterLabel(e.text), []byte("("))
	if !ok || !isName(call) {
		return false
	}
	for _, failed := range []string{"): Failed to open stream: ", "): failed to open stream: "} { // since PHP 8, and before
		if i := lastIndex(reason, failed); i >= 0 {
			return bytes.Contains(reason[:i], []byte("://")) && silent(reason[i+len(failed):])
		}
	}
	for _, unable := range []string{"): Unable to connect to ", "): unable to connect to "} {
		if bytes.HasPrefix(reason, []byte(unable)) {
			i := lastIndex(reason, " (")
			return i >= 0 && silent(reason[i+len(" ("):])
		}
	}
	return bytes.HasPrefix(reason, []byte("): php_network_getaddresses: "))
}

// silent tells whether a reason is one of noAnswer, and not what the server answered.
func silent(reason []byte) bool {
	for _, text := range noAnswer {
		if bytes.HasPrefix(reason, text) {
			return !bytes.HasPrefix(reason, []byte("HTTP request failed! HTTP/"))
		}
	}
	return false
}

// isName tells whether a text is the name of a function.
func isName(text []byte) bool {
	for _, c := range text {
		if c != '_' && c != ':' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return len(text) > 0
}
