package events

import (
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// ecsVersion is the version of the Elastic Common Schema that the names are of.
const ecsVersion = "9.4.0"

// An ecsEvent is a record with the names of the Elastic Common Schema. What the
// schema has no name for stands in logsleuth, as it asks of others' fields.
type ecsEvent struct {
	Timestamp string  `json:"@timestamp,omitempty"`
	ECS       ecsMeta `json:"ecs"`
	Message   string  `json:"message"`
	Event     struct {
		Kind     string   `json:"kind"`
		Category []string `json:"category,omitempty"`
		Type     []string `json:"type,omitempty"`
		Outcome  string   `json:"outcome,omitempty"`
		Action   string   `json:"action"`
		Code     string   `json:"code,omitempty"`
		Severity int64    `json:"severity"`
		Dataset  string   `json:"dataset"`
		Module   string   `json:"module"`
		Sequence int64    `json:"sequence"`
		Original string   `json:"original,omitempty"`
	} `json:"event"`
	Log struct {
		Level  string `json:"level,omitempty"`
		Logger string `json:"logger,omitempty"`
		File   struct {
			Path string `json:"path"`
		} `json:"file"`
	} `json:"log"`
	Host struct {
		Hostname string `json:"hostname,omitempty"`
	} `json:"host,omitzero"`
	Process struct {
		Name   string `json:"name,omitempty"`
		PID    int64  `json:"pid,omitempty"`
		Thread struct {
			ID int64 `json:"id,omitempty"`
		} `json:"thread,omitzero"`
	} `json:"process,omitzero"`
	Client      ecsAddress `json:"client,omitzero"`
	Source      ecsAddress `json:"source,omitzero"`
	Destination ecsAddress `json:"destination,omitzero"`
	Server      struct {
		Domain string `json:"domain,omitempty"`
	} `json:"server,omitzero"`
	User struct {
		Name string `json:"name,omitempty"`
	} `json:"user,omitzero"`
	HTTP struct {
		Version string `json:"version,omitempty"`
		Request struct {
			ID       string `json:"id,omitempty"`
			Method   string `json:"method,omitempty"`
			Referrer string `json:"referrer,omitempty"`
		} `json:"request,omitzero"`
		Response struct {
			StatusCode int64 `json:"status_code,omitempty"`
			Body       struct {
				Bytes int64 `json:"bytes,omitempty"`
			} `json:"body,omitzero"`
		} `json:"response,omitzero"`
	} `json:"http,omitzero"`
	URL struct {
		Original string `json:"original,omitempty"`
		Path     string `json:"path,omitempty"`
		Query    string `json:"query,omitempty"`
		Domain   string `json:"domain,omitempty"`
	} `json:"url,omitzero"`
	UserAgent struct {
		Original string `json:"original,omitempty"`
	} `json:"user_agent,omitzero"`
	File struct {
		Path string `json:"path,omitempty"`
	} `json:"file,omitzero"`
	Rule struct {
		ID string `json:"id,omitempty"`
	} `json:"rule,omitzero"`
	Error struct {
		Code    string `json:"code,omitempty"`
		Type    string `json:"type,omitempty"`
		Message string `json:"message,omitempty"`
	} `json:"error,omitzero"`
	Own struct {
		Role      string `json:"role"`
		Offset    int64  `json:"offset"`
		LineEnd   int64  `json:"line_end,omitempty"`
		Inherited bool   `json:"time_inherited,omitempty"`
		YearGuess bool   `json:"year_inferred,omitempty"`
		Remote    bool   `json:"remote,omitempty"`
		Repeated  int64  `json:"repeated,omitempty"`
		Detail    any    `json:"detail,omitempty"`
	} `json:"logsleuth"`
}

type ecsMeta struct {
	Version string `json:"version"`
}

type ecsAddress struct {
	Address string `json:"address,omitempty"`
	IP      string `json:"ip,omitempty"` // only what is one: Elasticsearch refuses the whole event else
	Port    int64  `json:"port,omitempty"`
}

func address(text string) ecsAddress {
	a := ecsAddress{Address: text}
	if ip, err := netip.ParseAddr(text); err == nil {
		a.IP = ip.WithZone("").String()
	}
	return a
}

func appendECS(b []byte, r *parser.Record) ([]byte, error) { return parser.AppendRecord(b, toECS(r)) }

func toECS(r *parser.Record) *ecsEvent {
	e := &ecsEvent{Timestamp: r.Time, ECS: ecsMeta{ecsVersion}, Message: r.Message}
	meaning := meaningOf(r)
	e.Event.Kind, e.Event.Action, e.Event.Code, e.Event.Sequence, e.Event.Original = "event", r.Kind, r.Code, r.Line, r.Original
	e.Event.Category, e.Event.Type, e.Event.Outcome = meaning.category, meaning.typ, meaning.outcome
	e.Event.Dataset = dataset(r.Format)
	e.Event.Module, _, _ = strings.Cut(e.Event.Dataset, ".")
	if k := parser.KindByName(r.Kind); k != nil {
		e.Event.Severity = int64(k.Severity)
	}
	e.Log.Level, e.Log.Logger, e.Log.File.Path = r.Level, r.Module, r.Source
	e.Host.Hostname = r.Host
	e.Process.Name, e.Process.PID, e.Process.Thread.ID = r.Program, r.PID, r.TID
	if r.Client != "" {
		e.Client = address(r.Client)
		if r.ClientPort != nil {
			e.Client.Port = int64(*r.ClientPort)
		}
		e.Source = e.Client
	}
	if r.Backend != "" {
		e.Destination = address(r.Backend)
	}
	e.Server.Domain = r.Vhost
	e.HTTP.Request.ID, e.HTTP.Request.Referrer = r.LogID, r.Referer
	if r.Errno != 0 {
		e.Error.Code = strconv.Itoa(int(r.Errno))
	}
	e.detail(r.Detail)
	e.Own.Role, e.Own.Offset, e.Own.LineEnd = r.Role, r.Offset, r.LineEnd
	e.Own.Inherited, e.Own.YearGuess, e.Own.Remote, e.Own.Repeated, e.Own.Detail = r.Inherited, r.YearGuess, r.Remote, int64(r.Repeated), r.Detail
	return e
}

// detail gives the parts of the message that the schema has a name for that name too.
func (e *ecsEvent) detail(detail any) {
	switch d := detail.(type) {
	case parser.AccessDetail:
		e.HTTP.Version = strings.TrimPrefix(d.Protocol, "HTTP/")
		e.HTTP.Request.Method = d.Method
		e.HTTP.Request.Referrer = d.Referer
		e.HTTP.Response.StatusCode, e.HTTP.Response.Body.Bytes = int64(d.Status), d.Bytes
		e.URL.Original, e.URL.Domain = d.Target, d.Vhost
		if strings.HasPrefix(d.Target, "/") {
			e.URL.Path, e.URL.Query, _ = strings.Cut(d.Target, "?")
		}
		e.UserAgent.Original = d.UserAgent
	case parser.DBError:
		e.Error.Message = d.Error
	case parser.PHPError:
		e.Error.Type, e.Error.Message, e.File.Path = d.Type, d.Text, d.File
	case parser.Target:
		e.File.Path = d.Path
	case parser.User:
		e.User.Name = d.User
	case parser.Login:
		e.User.Name = d.User
	case parser.DeniedUser:
		e.User.Name = d.User
	case parser.Rule:
		e.Rule.ID = d.ID
	}
}

// dataset names where lines of a format come from, as Elastic's own integrations do.
func dataset(format string) string {
	for _, d := range []struct{ prefix, name string }{
		{"access", "apache.access"}, // nginx writes the same form
		{"apache", "apache.error"},
		{"nginx", "nginx.error"},
		{"lighttpd", "lighttpd.error"},
		{"mysql", "mysql.error"},
		{"php-fpm", "php_fpm.error"},
		{"php", "php.error"},
		{"fail2ban", "fail2ban.log"},
		{"", "system.syslog"},
	} {
		if format != "" && strings.HasPrefix(format, d.prefix) {
			return d.name
		}
	}
	return "logsleuth.unknown"
}

// A meaning is what the schema calls a kind of event.
type meaning struct {
	prefix   string // of the kind's name
	category []string
	typ      []string
	outcome  string
}

func means(prefix, category, typ, outcome string) meaning {
	return meaning{prefix, []string{category}, strings.Fields(typ), outcome}
}

// meanings are those of kinds by the first words of their names; the longest that
// fits counts.
var meanings = []meaning{
	{}, // not understood, or about nothing that the schema knows
	means("accept.", "network", "connection", "failure"),
	means("access.", "web", "access error", "failure"),
	means("access.request", "web", "access", ""), // by its status
	means("auth.", "authentication", "start", "failure"),
	means("backend.", "web", "error", "failure"),
	means("ban.", "intrusion_detection", "info", ""),
	means("ban.already", "intrusion_detection", "denied", ""),
	means("ban.ban", "intrusion_detection", "denied", ""),
	means("ban.restored", "intrusion_detection", "denied", ""),
	means("cgi.", "web", "error", "failure"),
	means("child.", "process", "end", ""),
	means("cron.", "process", "start", ""),
	means("db.", "database", "error", "failure"),
	means("db.denied", "authentication", "start", "failure"),
	means("db.ended", "database", "info", ""),
	means("db.note", "database", "info", ""),
	means("db.recovery", "database", "info", ""),
	means("db.start", "database", "info", ""),
	means("db.stop", "database", "info", ""),
	means("drupal.auth_failed", "authentication", "start", "failure"),
	means("fcgid.", "web", "error", "failure"),
	means("fcgid.note", "web", "info", ""),
	means("file.", "web", "access error", "failure"),
	means("firewall.", "network", "connection", ""),
	means("firewall.block", "network", "connection denied", ""),
	means("fork.", "process", "start", "failure"),
	means("fpm.", "process", "info", ""),
	means("fpm.start", "process", "start", ""),
	means("fpm.stop", "process", "end", ""),
	means("handler.", "web", "access error", "failure"),
	means("host.", "host", "info", ""),
	means("host.boot", "host", "start", ""),
	means("host.shutdown", "host", "end", ""),
	means("index.", "web", "access error", "failure"),
	means("kernel.", "host", "info", ""),
	means("kernel.segfault", "process", "end", "failure"),
	means("kernel.synflood", "network", "connection", ""),
	means("link.", "web", "access error", "failure"),
	means("method.", "web", "access error", "failure"),
	means("oom.", "host", "info", ""),
	means("oom.kill", "process", "end", ""),
	means("path.", "web", "access error", "failure"),
	means("php.", "web", "error", "failure"),
	means("php.log", "web", "info", ""),
	means("php.notice", "web", "info", ""),
	means("pma.auth_failed", "authentication", "start", "failure"),
	means("protocol.", "web", "error", "failure"),
	means("proxy.", "web", "info", ""),
	means("proxy.probe", "web", "access error", "failure"),
	means("qos.", "web", "info", ""),
	means("qos.limit", "intrusion_detection", "denied", ""),
	means("redirect.", "web", "error", "failure"),
	means("request.", "web", "access error", "failure"),
	means("response.", "web", "error", "failure"),
	means("script.", "web", "access error", "failure"),
	means("server.", "process", "info", ""),
	means("server.bind", "process", "start", "failure"),
	means("server.config", "configuration", "info", "failure"),
	means("server.fatal", "process", "end", "failure"),
	means("server.start", "process", "start", ""),
	means("server.stop", "process", "end", ""),
	means("site.", "web", "error", "failure"),
	means("ssh.accepted", "authentication", "start", "success"),
	means("ssh.closed", "session", "end", ""),
	means("ssh.failed", "authentication", "start", "failure"),
	means("ssh.invalid_user", "authentication", "start", "failure"),
	means("suhosin.", "intrusion_detection", "denied", ""),
	means("tls.", "network", "protocol", ""),
	means("tls.failed", "network", "protocol", "failure"),
	means("unit.", "process", "info", ""),
	means("unit.exit", "process", "end", "failure"),
	means("unit.failed", "process", "end", "failure"),
	means("unit.killed", "process", "end", "failure"),
	means("unit.start", "process", "start", ""),
	means("unit.stop", "process", "end", ""),
	means("waf.", "intrusion_detection", "info", ""),
	means("waf.blocked", "intrusion_detection", "denied", ""),
	means("waf.rate", "intrusion_detection", "denied", ""),
	means("waf.refused", "intrusion_detection", "denied", ""),
	means("waf.slow", "intrusion_detection", "denied", ""),
	means("workers.", "process", "info", ""),
	means("wp.", "web", "info", ""),
	means("wp.auth_failed", "authentication", "start", "failure"),
	means("wp.login", "authentication", "start", "success"),
	means("wp.unknown_user", "authentication", "start", "failure"),
	means("wp.blocked", "intrusion_detection", "denied", ""),
}

// byKind are the meanings of all kinds that there are.
var byKind = func() map[string]*meaning {
	m := make(map[string]*meaning)
	for _, k := range parser.Kinds {
		best := &meanings[0]
		for i := range meanings {
			if p := meanings[i].prefix; strings.HasPrefix(k.Name, p) && len(p) > len(best.prefix) {
				best = &meanings[i]
			}
		}
		m[k.Name] = best
	}
	return m
}()

func meaningOf(r *parser.Record) meaning {
	m := meanings[0]
	if known := byKind[r.Kind]; known != nil {
		m = *known
	}
	if d, ok := r.Detail.(parser.AccessDetail); ok {
		switch {
		case d.Status >= 400:
			m.outcome = "failure"
		case d.Status >= 100:
			m.outcome = "success"
		}
	}
	return m
}

// ecsNames are the names that ecsEvent has, dotted, with the type of each.
func ecsNames() map[string]reflect.Type {
	names := map[string]reflect.Type{}
	var visit func(string, reflect.Type)
	visit = func(prefix string, t reflect.Type) {
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if field := t.Field(i).Type; field.Kind() == reflect.Struct {
				visit(prefix+name+".", field)
			} else {
				names[prefix+name] = field
			}
		}
	}
	visit("", reflect.TypeFor[ecsEvent]())
	return names
}
