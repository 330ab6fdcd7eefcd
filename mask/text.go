package mask

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A manner is how a text is read.
type manner uint8

const (
	sentence manner = iota // words of this program, with quotations of a log in between
	quoted                 // words of a log, written by other programs and by visitors
	path                   // a path, an address of a page or a name: no word of a language
)

// A pair is a text of which it is known elsewhere what to write instead.
type pair struct{ from, to string }

// A reader goes through one text from left to right.
type reader struct {
	*Mask
	manner manner
	public map[string]bool // names that are public in this text besides
	out    strings.Builder

	strict bool   // inside a path or the address of a page, up to its end
	named  bool   // the next word is the name of a user
	last   string // word, in small letters
}

// text writes s with pseudonyms. Known texts are taken as a whole, public names stay.
func (m *Mask) text(s string, how manner, known []pair, public map[string]bool) string {
	r := reader{Mask: m, manner: how, public: public, strict: how == path}
	next := make([]int, len(known)) // where each stands next
	for i, p := range known {
		next[i] = wholeIndex(s, p.from, 0)
	}
	for from := 0; from < len(s); {
		at, best := len(s), pair{}
		for i, p := range known {
			if next[i] >= 0 && next[i] < from {
				next[i] = wholeIndex(s, p.from, from)
			}
			if n := next[i]; n >= 0 && (n < at || n == at && len(p.from) > len(best.from)) {
				at, best = n, p
			}
		}
		r.read(s[from:at])
		if best.from != "" {
			r.out.WriteString(best.to)
			r.named = false
		}
		from = at + len(best.from)
	}
	return r.out.String()
}

// wholeIndex is where part stands in s as a word of its own, not before from; -1
// where it does not.
func wholeIndex(s, part string, from int) int {
	if part == "" {
		return -1
	}
	for {
		i := strings.Index(s[from:], part)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		first, width := utf8.DecodeRuneInString(s[i:])
		last, _ := utf8.DecodeLastRuneInString(part)
		after, _ := utf8.DecodeRuneInString(s[i+len(part):])
		if !(i > 0 && inWord(before) && inWord(first)) && !(i+len(part) < len(s) && after != '.' && inWord(last) && inWord(after)) {
			return i
		}
		from = i + width
	}
}

// read goes through a part of the text.
func (r *reader) read(s string) {
	for i := 0; i < len(s); {
		c, width := utf8.DecodeRuneInString(s[i:])
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		if i == 0 || !inWord(before) {
			if n := r.colons(s[i:]); n > 0 {
				i += n
				continue
			}
		}
		if c == '\\' { // \n and \x00 are no part of the word behind them
			n := escape(s[i:])
			r.out.WriteString(s[i : i+n])
			i += n
			continue
		}
		if !inWord(c) && c != '/' {
			switch {
			case strings.ContainsRune(" \t\r\n\"'`<>|‘’“”", c):
				r.strict = r.manner == path
				r.named = r.named && strings.ContainsRune(" '\"`‘“", c)
			case c != '=' && c != ':' && c != '[' && c != '(':
				r.named = false
			}
			r.out.WriteString(s[i : i+width])
			i += width
			continue
		}
		end := i + pathLen(s[i:])
		word := s[i:end]
		switch {
		case strings.HasPrefix(word, "//") && before == ':':
			r.page(word, s[end:])
		case strings.HasPrefix(s[end:], "://") && schemes[strings.ToLower(word)]:
			r.out.WriteString(word)
		case before == '@' && i > 1 && !strings.Contains(word, "/"):
			r.out.WriteString(r.trimmed(word, "host"))
		case strings.HasPrefix(s[end:], "@") && !strings.Contains(word, "/"):
			r.out.WriteString(r.secret(word, "user"))
		case r.named && r.manner == quoted && !strings.HasPrefix(word, "/"):
			r.out.WriteString(r.secret(word, "user"))
			r.named = false
		case strings.Contains(word, "/"):
			r.out.WriteString(r.path(word))
			r.named = false
		case strings.HasPrefix(s[end:], " bytes") && counted.MatchString(word): // of any length
			r.out.WriteString(word)
		default:
			r.out.WriteString(r.trimmed(word, "word"))
			low := strings.ToLower(word)
			r.named = slices.Contains(beforeUser, low) || low == "for" && slices.Contains(beforeFor, r.last)
			r.last = low
		}
		i = end
	}
}

// beforeUser are words that the name of a user follows in logs.
var beforeUser = []string{"user", "username", "ruser", "logname", "login", "acct"}

// beforeFor are words after which the name of a user follows "for".
var beforeFor = []string{"password", "publickey", "failure", "attempt", "requested"}

// schemes begin the address of a page.
var schemes = set("http https ftp ftps ws wss file php data unix fcgi ajp android-app ios-app")

// inWord tells of what names are made of. Letters of every script are, and what
// nobody thought of.
func inWord(c rune) bool {
	if c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_-.%~+", c)
	}
	return !strings.ContainsRune("‘’“”„«»–—…·×≥≤\uFFFD", c) && !unicode.IsSpace(c)
}

// pathLen is the length of the word or path that s begins with.
func pathLen(s string) int {
	if n := strings.IndexFunc(s, func(c rune) bool { return !inWord(c) && c != '/' }); n >= 0 {
		return n
	}
	return len(s)
}

// escape is the length of what begins with a backslash.
func escape(s string) int {
	switch {
	case len(s) >= 4 && s[1] == 'x' && isHex(s[2]) && isHex(s[3]):
		return 4
	case len(s) >= 2 && strings.IndexByte("abfnrtv0\\\"'", s[1]) >= 0:
		return 2
	}
	return 1
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// colons writes what is at the beginning of s where it is made of digits and
// colons: an IPv6 address, or what a network card is called. It gives its length,
// 0 where it is neither.
func (r *reader) colons(s string) int {
	const longest = 128 // far beyond any address
	n := 0
	for n < min(len(s), longest) && (isHex(s[n]) || s[n] == ':' || s[n] == '.') {
		n++
	}
	run := strings.TrimRight(s[:n], ".")
	n = len(run)
	count := strings.Count(run, ":")
	if count < 2 || run == "::" {
		return 0
	}
	if next, _ := utf8.DecodeRuneInString(s[n:]); n < min(len(s), longest) && next != '.' && next != '%' && inWord(next) {
		return 0
	}
	for _, end := range []int{n, len(strings.TrimRight(run, ":")), strings.LastIndexByte(run, ':')} {
		a, err := netip.ParseAddr(run[:end])
		if err != nil {
			continue
		}
		r.out.WriteString(r.addr(a))
		if strings.HasPrefix(s[end:], "%") && !strings.HasPrefix(s[end:], "%2") { // a zone, which is the name of a network card
			end++
			end += pathLen(s[end:])
		}
		return end
	}
	if count < 4 { // a time
		return 0
	}
	r.out.WriteString(r.name("word", run))
	return n
}

// page writes the address of a page from its slashes on: //host/path.
func (r *reader) page(s, rest string) {
	host, tail, slash := strings.Cut(s[2:], "/")
	r.out.WriteString("//")
	if strings.HasPrefix(rest, "@") && !slash || credentials.MatchString(rest) { // user:password@
		r.out.WriteString(r.secret(host, "user"))
	} else {
		r.out.WriteString(r.trimmed(host, "host"))
	}
	r.strict = true
	if slash {
		r.out.WriteString(r.path("/" + tail))
	}
}

var credentials = regexp.MustCompile(`^:[^/\s@]*@`)

// path writes a path, each name in it for itself.
func (r *reader) path(s string) string {
	if zoneName.MatchString(s) {
		if _, err := time.LoadLocation(s); err == nil { // the report's times are in it
			return s
		}
	}
	if trimmed := strings.TrimRight(s, "."); strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~") || file(trimmed[strings.LastIndexByte(trimmed, '/')+1:]) {
		r.strict = true
	}
	parts := strings.Split(s, "/")
	for i, p := range parts {
		before := ""
		if i > 0 {
			before = strings.ToLower(parts[i-1])
		}
		switch {
		case before == "home" || strings.HasPrefix(p, "~"):
			tilde := p[:len(p)-len(strings.TrimLeft(p, "~"))]
			parts[i] = tilde + r.secret(p[len(tilde):], "user")
		case publicPrograms[strings.ToLower(p)] && (before == "bin" || before == "sbin" || before == "libexec" || before == "run"):
		case (before == "plugins" || before == "themes" || before == "mu-plugins") && (i == 2 || i > 2 && parts[i-2] == "wp-content") && slug(p):
		case i > 2 && (parts[i-2] == "plugins" || parts[i-2] == "themes") && p == before+".php" && slug(before): // its main file
		default:
			parts[i] = r.trimmed(p, "path")
		}
	}
	return strings.Join(parts, "/")
}

// zoneName is the form of a time zone's name.
var zoneName = regexp.MustCompile(`^(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/-]+$`)

// file tells whether a name ends as files do.
func file(name string) bool {
	_, end, ok := cutLast(name, ".")
	return ok && fileEnds[strings.ToLower(end)]
}

// slug tells whether s may be what WordPress calls a plugin or a theme. Which
// ones a site has is no secret: visitors see it.
func slug(s string) bool {
	return slugForm.MatchString(s) && strings.ContainsFunc(s, unicode.IsLetter) && !strings.Contains(s, "--") && !addressed.MatchString(s)
}

var (
	slugForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{1,60}(\.php)?$`)
	addressed = regexp.MustCompile(`[0-9]+[-_][0-9]+[-_][0-9]+[-_][0-9]+|[0-9a-fA-F]{8}`) // an address in other clothes
)

// trimmed writes a word without what punctuation around it belongs to a sentence.
func (r *reader) trimmed(s, what string) string {
	if len(r.public) > 0 || len(s) > longWord {
		return r.work(s, what)
	}
	return r.Mask.word(wordKey{s, what, r.manner, r.strict}, func() string { return r.work(s, what) })
}

func (r *reader) work(s, what string) string {
	if r.isPublic(s, what) {
		return s
	}
	word := strings.TrimLeft(s, "-~+")
	before := s[:len(s)-len(word)]
	word = strings.TrimRight(word, "-~+.%")
	after := s[len(before)+len(word):]
	return before + r.core(word, what) + after
}

// hostLog is the name of a virtual host's log.
var hostLog = regexp.MustCompile(`^([^%]+?)([._-](?:ssl[._-])?(?:error|access)[._-]log(?:[.-][0-9]{1,8})?(?:\.(?:gz|bz2|xz|zst))?)$`)

// secret writes a name that has to be hidden, even where it is a common word.
func (r *reader) secret(s, what string) string {
	if s == "" || strings.Trim(s, "-.~+%") == "" {
		return s
	}
	if a, ok := readAddr(s); ok {
		return r.addr(a)
	}
	return r.name(what, plainly(s))
}

// core writes a word that has nothing around it.
func (r *reader) core(s, what string) string {
	if s == "" || r.isPublic(s, what) {
		return s
	}
	if a, ok := readAddr(s); ok {
		return r.addr(a)
	}
	if www, rest := s[:min(4, len(s))], s[min(4, len(s)):]; strings.EqualFold(www, "www.") && strings.Contains(rest, ".") && !file(s) {
		return www + r.name("host", plainly(rest))
	}
	if log := hostLog.FindStringSubmatch(s); log != nil {
		return r.name("host", log[1]) + log[2]
	}
	plain := plainly(s)
	if plain != s { // in another spelling
		if a, ok := readAddr(plain); ok {
			return r.addr(a)
		}
	}
	stem, end, dotted := cutLast(plain, ".")
	switch {
	case what == "host":
	case dotted && stem != "" && fileEnds[strings.ToLower(end)]:
		if publicPaths[strings.ToLower(stem)] {
			return stem + "." + end
		}
		return r.name("path", stem) + "." + end
	case dotted && stem != "" && unitEnds[end]:
		if r.isPublic(stem, "word") {
			return stem + "." + end
		}
		return r.name("unit", stem) + "." + end
	case dotted && stem != "" && what == "word" && !r.strict && strings.ContainsFunc(end, unicode.IsLetter) && !strings.ContainsFunc(end, unicode.IsDigit):
		what = "host"
	case r.strict:
		what = "path"
	}
	return r.name(what, plain)
}

// plainly undoes the spellings that a name may have in the address of a page.
func plainly(s string) string {
	for range 3 {
		if !strings.Contains(s, "%") {
			break
		}
		t, err := url.PathUnescape(s)
		if err != nil || !utf8.ValidString(t) {
			break
		}
		s = t
	}
	return s
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// isPublic tells whether a word tells nothing about whose server it is.
func (r *reader) isPublic(s, what string) bool {
	low := strings.ToLower(s)
	switch {
	case what == "host":
		return low == "localhost" || low == "localhost.localdomain" || low == ""
	case publicPaths[low], logName.MatchString(low), strings.Trim(s, "._-~+%") == "":
		return true
	case strings.Contains(s, "%"):
		if dots := plainly(s); strings.Trim(dots, "./") == "" {
			return true
		}
	case len(s) == 1:
		return true
	}
	if number(s, r.manner == sentence && !r.strict) || code.MatchString(s) {
		return true
	}
	if what == "path" && browser.MatchString(s) {
		return true
	}
	if r.public[low] || r.public[strings.ReplaceAll(low, "_", "-")] {
		return true
	}
	if r.strict || r.manner == path {
		return false
	}
	if words[low] || publicWords[low] || versioned.MatchString(low) {
		return true
	}
	if table, column, ok := strings.Cut(low, "."); ok && strings.HasPrefix(table, "wp_") {
		return publicWords[table] && publicWords[column]
	}
	if first, rest, ok := strings.Cut(low, "-"); ok && release.MatchString(first) && number(first, false) { // 10.11.6-MariaDB-log
		return !slices.ContainsFunc(strings.Split(rest, "-"), func(w string) bool { return !publicWords[w] && !words[w] })
	}
	return false
}

var (
	code      = regexp.MustCompile(`^(AH[0-9]{5}|T1[0-9]{3}(\.[0-9]{3})?|HY[0-9]{3}|42[0-9A-Z]{3})$`)
	versioned = regexp.MustCompile(`^(php|php-fpm|php-cgi|python|perl|ruby|node|mysql|mariadb|libphp|mod_php)[0-9]{0,2}(\.[0-9]{1,2}){0,2}(-fpm|-cgi|-cli)?$`)
	small     = regexp.MustCompile(`^0x[0-9a-f]{1,4}$|^[0-9]{1,2}_[0-9]{1,2}(_[0-9]{1,2})?$`)
	counted   = regexp.MustCompile(`^([0-9]+)(\.[0-9]+)?(us|ms|s|min|m|h|d|b|kb|mb|gb|tb|kib|mib|gib|k|x|th|st|nd|rd|%)?$`)
	dated     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}(-[0-9]{2}([T_][0-9]{2})?)?Z?$|^[0-9]{2}(\.[0-9]{1,9})?Z$|^[0-9]{2}T[0-9]{2}$|^[0-9]{1,2}-[0-9]{1,2}$`)
	browser   = regexp.MustCompile(`^[0-9]{1,3}\.0\.0\.0$`) // a release behind a browser's name and a slash
	release   = regexp.MustCompile(`^v?[0-9]{1,5}(\.[0-9]{1,5}){1,5}$`)
)

// longNumber is a number that may be more than a count: an address written as one
// number, a telephone, a customer.
const longNumber = 8

// number tells whether a word is a count, a date or a release. In this program's
// own sentences every number is one.
func number(s string, ours bool) bool {
	low := strings.ToLower(s)
	if c := counted.FindStringSubmatch(low); c != nil {
		return ours || len(c[1]) < longNumber && len(c[2]) <= longNumber
	}
	if dated.MatchString(s) || small.MatchString(low) {
		return true
	}
	return release.MatchString(low) && !holdsAddr(strings.TrimPrefix(low, "v"))
}

// holdsAddr tells whether four neighbours among numbers with points could be an address.
func holdsAddr(s string) bool {
	parts := strings.Split(s, ".")
	for i := 0; i+4 <= len(parts); i++ {
		if _, ok := readAddr(strings.Join(parts[i:i+4], ".")); ok {
			return true
		}
	}
	return false
}

// readAddr reads an address in any spelling, with zeros in front too.
func readAddr(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.WithZone("").Unmap(), true
	}
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return netip.Addr{}, false
	}
	var b [4]byte
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || len(p) > 3 {
			return netip.Addr{}, false
		}
		b[i] = byte(n)
	}
	return netip.AddrFrom4(b), true
}
