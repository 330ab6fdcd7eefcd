package analyze

import (
	"maps"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

// parentName is what the web server's parent process is called, which serves nobody.
var parentName = []byte("web server's parent")

const (
	// maxTables bounds the kernel's process tables that are kept, the earliest ones.
	maxTables = 64
	// maxRows bounds the processes of one: past twice as many, those that hold least
	// are left out.
	maxRows = 4096
)

// A TaskTable is the processes of one out-of-memory report, by program and pid.
// Reports within the same second are one.
type TaskTable struct {
	Programs map[string]map[int64]Held

	added int // rows since they were last counted
}

// Held is the memory of one process: resident, and of that its own (0: not said).
type Held struct {
	RSS, Anon int64
}

// Memory is what the kernel's out-of-memory reports say.
type Memory struct {
	Machine int64                // bytes, the most that was said
	Limit   int64                // bytes of the tightest container that met its limit
	Tables  map[int64]*TaskTable // by second

	latest int64 // of a full Tables; 0: to be found
}

func (m *Memory) observe(e *parser.Event) {
	switch e.Kind {
	case oomTask:
		t := e.Task()
		if t.UID == 0 && isWebServer(string(t.Name)) {
			m.row(e.Time/second, parentName, t.PID, Held{t.RSSBytes, t.AnonBytes})
			return
		}
		m.row(e.Time/second, t.Name, t.PID, Held{t.RSSBytes, t.AnonBytes})
	case oomTotal:
		n, cgroup, _ := parser.ReadMemoryTotal(e)
		m.total(n, cgroup)
	}
}

func (m *Memory) total(n int64, cgroup bool) {
	if !cgroup {
		m.Machine = max(m.Machine, n)
	} else if m.Limit == 0 || n < m.Limit {
		m.Limit = n
	}
}

func (m *Memory) row(at int64, name []byte, pid int64, h Held) {
	t := m.Tables[at]
	if t == nil && len(m.Tables) >= maxTables {
		if m.latest == 0 {
			m.latest = slices.Max(slices.Collect(maps.Keys(m.Tables)))
		}
		if at > m.latest {
			return
		}
		delete(m.Tables, m.latest)
		m.latest = 0
	}
	if t == nil {
		if m.Tables == nil {
			m.Tables = make(map[int64]*TaskTable)
		}
		t = &TaskTable{Programs: make(map[string]map[int64]Held)}
		m.Tables[at] = t
	}
	pids := t.Programs[string(name)]
	if pids == nil {
		pids = make(map[int64]Held)
		t.Programs[parser.Text(name)] = pids
	}
	had := pids[pid]
	pids[pid] = Held{max(had.RSS, h.RSS), max(had.Anon, h.Anon)}
	if t.added++; t.added > maxRows {
		t.bound()
	}
}

// bound leaves out the processes that hold least, where there are too many.
func (t *TaskTable) bound() {
	t.added = 0
	var sizes []int64
	for _, pids := range t.Programs {
		for _, h := range pids {
			sizes = append(sizes, h.own())
		}
	}
	if len(sizes) <= maxRows {
		return
	}
	slices.Sort(sizes)
	least := sizes[len(sizes)-maxRows]
	for name, pids := range t.Programs {
		maps.DeleteFunc(pids, func(_ int64, h Held) bool { return h.own() <= least })
		if len(pids) == 0 {
			delete(t.Programs, name)
		}
	}
}

func (m *Memory) merge(other *Memory) {
	m.total(other.Machine, false)
	if other.Limit != 0 {
		m.total(other.Limit, true)
	}
	for at, t := range other.Tables {
		for name, pids := range t.Programs {
			for pid, h := range pids {
				m.row(at, []byte(name), pid, h)
			}
		}
	}
}

func (m *Memory) reset() { *m = Memory{} }
