package simulate

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Writers are the logs of a run.
type writers struct {
	sim            *sim
	open           func(name string) (io.Writer, error)
	kept           map[string]*log
	names          []string
	access, syslog bool
	written        int64
	err            error
}

type log struct {
	w *bufio.Writer
}

func (o *writers) line(name, text string) {
	l := o.kept[name]
	if l == nil {
		if o.err != nil {
			return
		}
		w, err := o.open(name)
		if err != nil {
			o.err = fmt.Errorf("opening %s: %w", name, err)
			return
		}
		l = &log{bufio.NewWriterSize(w, 1<<16)}
		o.kept[name] = l
		o.names = append(o.names, name)
	}
	l.w.WriteString(text)
	l.w.WriteByte('\n')
	o.written += int64(len(text)) + 1
}

func (o *writers) close() error {
	if o.err != nil {
		return o.err
	}
	for _, name := range o.names {
		if err := o.kept[name].w.Flush(); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// longest is where Apache cuts a line of its error log.
const longest = 8190

func (o *writers) stamp(b []byte) []byte {
	b = append(b, '[')
	b = o.sim.time().AppendFormat(b, "Mon Jan 02 15:04:05.000000 2006")
	return append(b, "] ["...)
}

func (o *writers) server(module string, pid, tid int, text string) {
	b := make([]byte, 0, 256)
	b = o.stamp(b)
	b = fmt.Appendf(b, "%s] [pid %d:tid %d] %s", module, pid, tid, text)
	o.line("error.log", string(b))
}

// server2 is a line of a worker that names no client.
func (o *writers) server2(module string, k *worker, text string) {
	b := make([]byte, 0, 256)
	b = o.stamp(b)
	b = fmt.Appendf(b, "%s] [pid %d:tid %d] %s", module, k.pid, k.tid, text)
	o.line(o.errorLog(), string(b))
}

func (o *writers) errorLog() string {
	if o.sim.site.vhost {
		return "error-site.log"
	}
	return "error.log"
}

// deed is a line that the client's own act wrote; client is any that names it.
func (o *writers) deed(n *conn, k *worker, module, text, referer string) {
	n.face.deeds++
	o.client(n, k, module, text, referer)
}

func (o *writers) client(n *conn, k *worker, module, text, referer string) {
	b := make([]byte, 0, 512)
	b = o.stamp(b)
	b = append(b, module...)
	b = append(b, "] [pid "...)
	b = strconv.AppendInt(b, int64(k.pid), 10)
	b = append(b, ":tid "...)
	b = strconv.AppendInt(b, int64(k.tid), 10)
	b = append(b, "] [client "...)
	b = append(b, n.face.ip...)
	b = append(b, ':')
	b = strconv.AppendInt(b, int64(n.port), 10)
	b = append(b, "] "...)
	b = append(b, text...)
	if referer != "" {
		b = append(b, ", referer: "...)
		b = append(b, referer...)
	}
	n.face.traces["error.log"]++
	o.line(o.errorLog(), string(b[:min(len(b), longest)]))
}

// bare is what a program that a worker started wrote to its standard error.
func (o *writers) bare(text string) { o.line(o.errorLog(), text) }

func (o *writers) request(n *conn, r *request, status, size int) {
	if !o.access {
		return
	}
	b := make([]byte, 0, 300)
	b = append(b, n.face.ip...)
	b = append(b, " - "...)
	if len(r.user) > 1 && r.user[0] != '?' {
		if r.user[0] == '+' {
			b = append(b, r.user[1:]...)
		} else {
			b = append(b, r.user...)
		}
	} else if r.user != "" {
		b = append(b, r.user[1:]...)
	} else {
		b = append(b, '-')
	}
	b = append(b, " ["...)
	b = o.sim.began.Add(r.began).AppendFormat(b, "02/Jan/2006:15:04:05 -0700")
	b = append(b, `] "`...)
	if r.method == "" {
		b = append(b, '-')
	} else {
		b = append(b, r.method...)
		b = append(b, ' ')
		b = append(b, r.path...)
		b = append(b, " HTTP/1.1"...)
	}
	b = append(b, `" `...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	if size == 0 {
		b = append(b, '-')
	} else {
		b = strconv.AppendInt(b, int64(size), 10)
	}
	b = append(b, ` "`...)
	if r.referer == "" {
		b = append(b, '-')
	} else {
		b = append(b, r.referer...)
	}
	b = append(b, `" "`...)
	b = append(b, r.agent...)
	b = append(b, '"')
	n.face.traces["access.log"]++
	o.line("access.log", string(b))
}

func (o *writers) sys(program, text string) {
	if !o.syslog {
		return
	}
	layout := time.Stamp
	if o.sim.site.iso {
		layout = "2006-01-02T15:04:05.000000-07:00"
	}
	o.line("syslog", o.sim.time().Format(layout)+" "+o.sim.site.host+" "+program+": "+text)
}

func (o *writers) kernel(text string) {
	o.sys("kernel", fmt.Sprintf("[%12.6f] %s", o.sim.machine.uptime+o.sim.now.Seconds(), text))
}

func (o *writers) unit(text string) { o.sys("systemd[1]", text) }

func (o *writers) mariadb(pid int, level, text string) {
	o.sys(fmt.Sprintf("mariadbd[%d]", pid), fmt.Sprintf("%s 0 [%s] %s", o.sim.time().Format("2006-01-02 15:04:05"), level, text))
}
