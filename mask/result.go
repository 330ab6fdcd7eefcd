package mask

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
)

// Note tells the reader of a report what was done to it.
const Note = "This report was made with --anonymize: addresses, networks, names of hosts and users and the paths of the site are pseudonyms. " +
	"The same one stands for the same thing everywhere; ip4-1a2b3c-4d and ip4-1a2b3c-5e are of one /24. No commands are given, since they would name nobody."

// A treatment is what is done to the text in one field.
type treatment uint8

const (
	unlisted treatment = iota // as words of a log; a test fails until the field is listed
	keep                      // this program's own words, times and codes, whatever the log says
	ours                      // a sentence of this program's, with quotations
	logged                    // words of a log
	names                     // a path or the name of a log
	hosts                     // an address, or the name of a host
	users                     // the name of a user
	opaque                    // an identifier that has the server's address in it
	plugins                   // the name of a plugin, which is public
	drop                      // left out
)

// treatments are those of every field with text that is printed, by the type and
// the field. What is not here is read as the words of a log, which hides too much
// and never too little.
var treatments = map[string]treatment{
	"Result.Schema": keep, "Result.Events": keep, "Result.Titles": keep, "Result.Roles": keep, "Result.Blind": ours, "Result.Notes": ours,
	"Tool.Name": keep, "Tool.Version": keep, "Tool.Options": logged, "Tool.Geo": keep,
	"Input.Path": names, "Input.Format": keep, "Input.SHA256": keep, "Input.First": keep, "Input.Last": keep, "Input.Error": ours,
	"Sample.Line": names, "Sample.Text": logged,
	"Verdict.Cause": keep, "Verdict.Summary": ours, "Verdict.Doubts": ours,
	"Incident.Start": keep, "Incident.End": keep, "Incident.Cause": keep, "Incident.Summary": ours, "Incident.Clients": hosts,
	"Phase.Name": keep, "Phase.Start": keep, "Phase.End": keep, "Phase.Events": keep, "Phase.Lines": names, "Phase.Text": ours,
	"Evidence.Rule": keep, "Evidence.Text": ours, "Evidence.Lines": names,
	"Client.IP": hosts, "Client.Standing": keep, "Client.Country": keep, "Client.Org": drop, "Client.First": keep, "Client.Last": keep,
	"Client.Events": keep, "Client.Techniques": keep, "Client.Settle": ours, "Client.Plugins": plugins, "Client.Lines": names,
	"Requests.Status": keep, "Requests.Agents": logged, "Requests.Paths": names,
	"Totals.Standings": keep,
	"Plugin.Name":      plugins, "Plugin.Type": keep, "Plugin.Strength": keep, "Plugin.Events": keep, "Plugin.Lines": names,
	"Chain.Chain": logged, "Chain.Entry": keep,
	"Moment.Time": keep, "Moment.Until": keep, "Moment.Kind": keep, "Moment.Role": keep, "Moment.Text": ours, "Moment.Line": names,
	"Bucket.Lines": names, "Bucket.Start": keep, "Bucket.Events": keep,
	"MemoryReport.LimitedBy": keep, "MemoryReport.Text": ours,
	"OOMKill.Time": keep, "OOMKill.Victim": logged, "OOMKill.Triggered": logged, "OOMKill.Line": names,
	"Program.Name": logged,
	"Measure.What": keep, "Measure.Text": ours, "Measure.Lines": names,
	"WhyKind.Kind": keep, "WhyKind.Role": keep, "WhyKind.First": keep, "WhyKind.Last": keep, "WhyKind.Lines": names,
	"Why.Because": ours, "Why.Settle": ours, "Silence.Rule": keep, "Silence.Title": ours, "Silence.Text": ours,
	"Quote.Line": names, "Quote.Text": logged,
	"Allowed.Range": hosts, "AllowedMet.IP": hosts, "AllowedMet.Would": keep, "AllowedMet.Reason": ours,
	"Target.Network": hosts, "Target.Clients": hosts, "Target.Lines": names, "Advice.Subject": logged, "Advice.Exempt": hosts, "Jail.Name": keep,
	"Advice.ID": keep, "Advice.Text": ours, "Advice.SideEffects": ours, "Advice.Commands": drop, "Advice.Undo": drop,

	"Record.Source": names, "Record.Time": keep, "Record.Host": hosts, "Record.Program": logged, "Record.Level": keep,
	"Record.Module": logged, "Record.Vhost": hosts, "Record.LogID": opaque, "Record.Client": hosts, "Record.Backend": hosts,
	"Record.Code": keep, "Record.Kind": keep, "Record.Role": keep, "Record.Message": logged, "Record.Referer": names, "Record.Format": keep, "Record.Original": logged,
	"Owner.Plugin": plugins, "Owner.Type": keep, "Owner.Strength": keep,
	"DBError.Error": logged, "DBError.Class": logged, "DBError.Table": logged, "DBError.Query": logged, "DBError.Chain": logged, "DBError.Entry": keep,
	"PHPError.Type": logged, "PHPError.Text": logged, "PHPError.File": names,
	"Target.Path": names, "User.User": users, "User.Path": names, "Login.User": users, "DeniedUser.User": users, "DeniedUser.Host": hosts,
	"Rule.Path": names, "Rule.ID": logged, "Rule.Message": logged, "Rule.UniqueID": opaque,
	"Packet.Rule": logged, "Packet.Source": hosts, "Packet.Target": hosts, "Packet.Protocol": logged,
	"AccessDetail.Method": logged, "AccessDetail.Target": names, "AccessDetail.Protocol": logged, "AccessDetail.Referer": names,
	"AccessDetail.UserAgent": logged, "AccessDetail.Vhost": hosts,
	"Ban.Jail": logged, "Ban.Address": hosts, "Pool.Pool": users,
	"SlowScript.Pool": users, "SlowScript.Script": names, "SlowScript.Request": logged,
	"SlowTrace.Pool": users, "SlowTrace.Script": names, "SlowTrace.Calls": logged,
	"Unit.Unit": logged, "Unit.Result": logged, "Child.Signal": logged,
	"OOMReason.Group": logged, "OOMReason.Limit": logged, "OOMChoice.Constraint": logged, "OOMChoice.Group": logged, "OOMChoice.Task": logged,
	"OOMVictim.Victim": logged, "OOMTrigger.Trigger": logged, "Task.Program": logged, "Segfault.Program": logged, "Segfault.Library": names,

	"Explanation.Asked": logged, "Explanation.Code": keep, "Explanation.Note": keep, "Field.Name": keep, "Field.Value": logged,
	"Meaning.Kind": keep, "Meaning.Role": keep, "Meaning.Severity": keep, "Meaning.Means": keep, "Meaning.Not": keep, "Meaning.Next": keep,
	"Meaning.Codes": keep, "Meaning.Sample": keep, "Use.Rule": keep, "Use.Finds": keep, "Use.Blind": keep,
}

// Result is r with pseudonyms. Countries, times, counts and verdicts stay, and so
// do the hashes of the inputs.
func (m *Mask) Result(r *analyze.Result) *analyze.Result {
	c := copier{Mask: m, public: make(map[string]bool)}
	for _, in := range r.Inputs {
		c.know(in.Path, m.text(in.Path, path, nil, nil))
	}
	for _, client := range r.Clients {
		c.public[strings.ToLower(client.Country)] = true
		c.know(client.Org, m.network(client))
	}
	c.collect(reflect.ValueOf(r.Plugins), unlisted)
	for _, w := range r.Why {
		c.know(w.Client.Org, m.network(w.Client))
	}
	c.collect(reflect.ValueOf(r.Clients), unlisted)
	c.collect(reflect.ValueOf(r.Why), unlisted)
	made := new(analyze.Result)
	c.copy(reflect.ValueOf(made).Elem(), reflect.ValueOf(r).Elem(), unlisted)
	for i := range made.Clients {
		made.Clients[i].ASN, made.Clients[i].Org = 0, m.network(r.Clients[i])
	}
	for i := range made.Why {
		made.Why[i].Client.ASN, made.Why[i].Client.Org = 0, m.network(r.Why[i].Client)
	}
	for i := range made.Inputs {
		if made.Inputs[i].Lines < fewLines {
			made.Inputs[i].SHA256 = ""
		}
	}
	made.Notes = append([]string{Note}, made.Notes...)
	return made
}

// network hides whose network an address is of: a small one names its owner.
func (m *Mask) network(c analyze.Client) string {
	if c.ASN == 0 && c.Org == "" {
		return ""
	}
	return m.name("network", fmt.Sprint(c.ASN, " ", c.Org))
}

// fewLines is a log so short that its hash tells what is in it: who knows all
// but an address tries four thousand million of them. Of a hundred lines nobody
// knows every microsecond and process.
const fewLines = 100

// Event is an event as parser's Record gives it, with pseudonyms.
func (m *Mask) Event(record any) any {
	from := reflect.ValueOf(record)
	c := copier{Mask: m, public: make(map[string]bool)}
	c.collect(from, unlisted)
	made := reflect.New(from.Type()).Elem()
	c.copy(made, from, unlisted)
	return made.Interface()
}

// Explanation is x with pseudonyms.
func (m *Mask) Explanation(x analyze.Explanation) analyze.Explanation {
	c := copier{Mask: m}
	made := analyze.Explanation{}
	if parser.KindByName(x.Asked) != nil || x.Fields == nil { // no line: nothing of a log is in it
		return x
	}
	x.Fields = slices.Clone(x.Fields)
	for i, f := range x.Fields {
		switch f.Name {
		case "host":
			c.know(f.Value, m.text1(f.Value, hosts))
		case "about":
			if slices.ContainsFunc(x.Kinds, func(k analyze.Meaning) bool { return aboutUser(k.Kind) }) {
				c.know(f.Value, m.text1(f.Value, users))
			}
		}
		x.Fields[i] = f
	}
	c.copy(reflect.ValueOf(&made).Elem(), reflect.ValueOf(x), unlisted)
	for i, f := range x.Fields {
		if f.Name == "time" || f.Name == "format" || f.Name == "level" {
			made.Fields[i].Value = f.Value
		}
	}
	return made
}

// aboutUser tells whether events of a kind are about a user.
func aboutUser(kind string) bool {
	group, _, _ := strings.Cut(kind, ".")
	return slices.Contains([]string{"auth", "ssh", "wp", "pma", "drupal"}, group)
}

// A copier copies a value and treats the texts in it.
type copier struct {
	*Mask
	known  []pair
	public map[string]bool
}

func (c *copier) know(from, to string) {
	if from != "" && from != "-" && from != to {
		c.known = append(c.known, pair{from, to})
	}
}

// publish lets the name of a plugin stay.
func (c *copier) publish(name string) {
	if slug(name) {
		c.public[strings.ToLower(name)] = true
	}
}

// treatmentOf finds what to do with a field.
func treatmentOf(t reflect.Type, f reflect.StructField) treatment {
	return treatments[t.Name()+"."+f.Name]
}

// collect learns the names that stand in fields of their own, so that they are
// known in the text beside them too.
func (c *copier) collect(v reflect.Value, how treatment) {
	switch v.Kind() {
	case reflect.String:
		switch how {
		case hosts, users, opaque:
			c.know(v.String(), c.text1(v.String(), how))
		case plugins:
			c.publish(v.String())
		case names:
			if strings.ContainsAny(v.String(), " \t'\"") {
				c.know(v.String(), c.text(v.String(), path, nil, nil))
			}
		}
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			c.collect(v.Elem(), how)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			c.collect(v.Field(i), treatmentOf(v.Type(), v.Type().Field(i)))
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.collect(v.Index(i), how)
		}
	}
}

func (c *copier) copy(to, from reflect.Value, how treatment) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(c.treat(from.String(), how))
	case reflect.Struct:
		for i := range from.NumField() {
			c.copy(to.Field(i), from.Field(i), treatmentOf(from.Type(), from.Type().Field(i)))
		}
	case reflect.Interface:
		if !from.IsNil() {
			made := reflect.New(from.Elem().Type()).Elem()
			c.copy(made, from.Elem(), how)
			to.Set(made)
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			c.copy(to.Elem(), from.Elem(), how)
		}
	case reflect.Slice:
		if from.IsNil() || from.Type().Elem().Kind() == reflect.Uint8 {
			return // bytes are borrowed from the log and never printed
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			c.copy(to.Index(i), from.Index(i), how)
		}
	case reflect.Map:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
		if how == drop {
			return
		}
		keys := how
		if how == names {
			keys = keep // places by kind of event
		}
		for i := from.MapRange(); i.Next(); {
			key, value := reflect.New(from.Type().Key()).Elem(), reflect.New(from.Type().Elem()).Elem()
			c.copy(key, i.Key(), keys)
			c.copy(value, i.Value(), how)
			to.SetMapIndex(key, value)
		}
	default:
		to.Set(from)
	}
}

func (c *copier) treat(s string, how treatment) string {
	switch how {
	case keep:
		return s
	case drop:
		return ""
	case ours:
		return c.text(s, sentence, c.known, c.public)
	case names:
		return c.text(s, path, c.known, c.public)
	case hosts, users, opaque:
		return c.text1(s, how)
	}
	return c.text(s, quoted, c.known, c.public)
}

// text1 is the pseudonym of a text that is one name as a whole.
func (m *Mask) text1(s string, how treatment) string {
	if s == "" || s == "-" {
		return s
	}
	r := reader{Mask: m}
	switch how {
	case opaque:
		return m.name("id", s)
	case users:
		if user, host, ok := cutLast(s, "@"); ok && user != "" && host != "" {
			return r.secret(user, "user") + "@" + m.text1(host, hosts)
		}
		return r.secret(s, "user")
	}
	if a, port, err := cutPort(s); err == nil {
		return r.addr(a) + port
	}
	return r.trimmed(s, "host")
}

// cutPort reads an address with or without a port.
func cutPort(s string) (netip.Addr, string, error) {
	if a, ok := readAddr(strings.Trim(s, "[]")); ok {
		return a, "", nil
	}
	ap, err := netip.ParseAddrPort(s)
	if err != nil {
		return netip.Addr{}, "", err
	}
	return ap.Addr(), fmt.Sprintf(":%d", ap.Port()), nil
}
