package events

import (
	"encoding/json"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// A Column is one field of a record in a table.
type Column struct {
	Name string // as in NDJSON
	ECS  string // its name in the Elastic Common Schema
	Doc  string

	text   func(*parser.Record) string        // "": not known
	number func(*parser.Record) (int64, bool) // and whether it is known
	flag   func(*parser.Record) bool
	few    bool // the same few texts come again and again
}

// Columns are the fields of every record. Their names are stable; new ones are added at the end.
var Columns = []Column{
	{Name: "source", ECS: "log.file.path", Doc: "The log that the line stands in, as it was named.", few: true,
		text: func(r *parser.Record) string { return r.Source }},
	{Name: "line", ECS: "event.sequence", Doc: "The number of the line in its log, from 1.",
		number: func(r *parser.Record) (int64, bool) { return r.Line, true }},
	{Name: "line_end", ECS: "logsleuth.line_end", Doc: "The number of the last line, where it has several.",
		number: func(r *parser.Record) (int64, bool) { return r.LineEnd, r.LineEnd != 0 }},
	{Name: "offset", ECS: "logsleuth.offset", Doc: "The place of its first byte in the log, unpacked.",
		number: func(r *parser.Record) (int64, bool) { return r.Offset, true }},
	{Name: "time", ECS: "@timestamp", Doc: "When it was written, by the clock of the log. Without an offset where the log names no zone and `--tz` was not given: Elasticsearch then takes it for UTC. In Parquet a local timestamp in microseconds, with the offset in `utc_offset`.",
		text: func(r *parser.Record) string { return r.Time }},
	{Name: "time_inherited", ECS: "logsleuth.time_inherited", Doc: "The line has no time; this is that of the line before.",
		flag: func(r *parser.Record) bool { return r.Inherited }},
	{Name: "year_inferred", ECS: "logsleuth.year_inferred", Doc: "The year does not stand in the line.",
		flag: func(r *parser.Record) bool { return r.YearGuess }},
	{Name: "host", ECS: "host.hostname", Doc: "The machine that a line of syslog names.", few: true,
		text: func(r *parser.Record) string { return r.Host }},
	{Name: "program", ECS: "process.name", Doc: "The program that a line of syslog names.", few: true,
		text: func(r *parser.Record) string { return r.Program }},
	{Name: "level", ECS: "log.level", Doc: "The severity that the program gave its line, in httpd's words.", few: true,
		text: func(r *parser.Record) string { return r.Level }},
	{Name: "module", ECS: "log.logger", Doc: "The module of httpd, without `mod_`.", few: true,
		text: func(r *parser.Record) string { return r.Module }},
	{Name: "vhost", ECS: "server.domain", Doc: "The virtual host, where a line of an error log names one.", few: true,
		text: func(r *parser.Record) string { return r.Vhost }},
	{Name: "log_id", ECS: "http.request.id", Doc: "The identifier of the request or connection (`%L`).",
		text: func(r *parser.Record) string { return r.LogID }},
	{Name: "pid", ECS: "process.pid", Doc: "The process that wrote it.",
		number: func(r *parser.Record) (int64, bool) { return r.PID, r.PID != 0 }},
	{Name: "tid", ECS: "process.thread.id", Doc: "Its thread.",
		number: func(r *parser.Record) (int64, bool) { return r.TID, r.TID != 0 }},
	{Name: "client", ECS: "client.address", Doc: "The address of whoever asked. In ECS also as `client.ip` and `source.ip`, unless it is a pseudonym.", few: true,
		text: func(r *parser.Record) string { return r.Client }},
	{Name: "client_port", ECS: "client.port", Doc: "The client's port; 0 for an address from a header, set by mod_remoteip.",
		number: func(r *parser.Record) (int64, bool) {
			if r.ClientPort == nil {
				return 0, false
			}
			return int64(*r.ClientPort), true
		}},
	{Name: "remote", ECS: "logsleuth.remote", Doc: "The client stands in the line as `[remote ...]`, a visitor over HTTP/2.",
		flag: func(r *parser.Record) bool { return r.Remote }},
	{Name: "backend", ECS: "destination.address", Doc: "The other side of a proxy's connection; never a visitor.", few: true,
		text: func(r *parser.Record) string { return r.Backend }},
	{Name: "repeated", ECS: "logsleuth.repeated", Doc: "How many events the line stands for, where a logger folded several that were alike.",
		number: func(r *parser.Record) (int64, bool) { return int64(r.Repeated), r.Repeated != 0 }},
	{Name: "code", ECS: "event.code", Doc: "The code of the message, such as AH00161.", few: true,
		text: func(r *parser.Record) string { return r.Code }},
	{Name: "errno", ECS: "error.code", Doc: "The error number of the operating system or of APR.",
		number: func(r *parser.Record) (int64, bool) { return int64(r.Errno), r.Errno != 0 }},
	{Name: "kind", ECS: "event.action", Doc: "What it is, see [events.md](events.md); `unknown` for a line that is not understood.", few: true,
		text: func(r *parser.Record) string { return r.Kind }},
	{Name: "role", ECS: "logsleuth.role", Doc: "What it says about the client: deed, harm, state or noise.", few: true,
		text: func(r *parser.Record) string { return r.Role }},
	{Name: "message", ECS: "message", Doc: "What the program said, without the frame around it.",
		text: func(r *parser.Record) string { return r.Message }},
	{Name: "referer", ECS: "http.request.referrer", Doc: "The page that the visitor says it came from.",
		text: func(r *parser.Record) string { return r.Referer }},
	{Name: "detail", ECS: "logsleuth.detail", Doc: "The parts of the message, by kind, see below. In CSV and Parquet as JSON.",
		text: detailText},
}

// detailText is the detail as JSON, "" where there is none.
func detailText(r *parser.Record) string {
	if r.Detail == nil {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(r.Detail) != nil {
		return "" // details are structs of texts and numbers, which always can be
	}
	return strings.TrimSuffix(b.String(), "\n")
}
