package simulate

import (
	"fmt"
	"slices"
	"time"
)

// A server is Apache: a parent with its workers. Under prefork a worker is a
// process that serves one connection, until that is closed; under event a
// worker is a thread that serves one request, and connections that wait for
// the next one cost none.
type server struct {
	s       *sim
	event   bool
	limit   int // MaxRequestWorkers
	parent  int
	running bool
	workers []*worker
	idle    []*worker // a stack: the last that became free takes the next connection
	backlog []*conn
	spawn   int  // workers that the parent starts next
	told    bool // AH00161 was written in this parent's life
	php     int  // requests that run code now
	broken  bool // every request fails for the sake of the configuration

	keepAlive, headerTimeout time.Duration
	lastPID                  int
}

// listenBacklog is how many connections the kernel keeps for Apache by default.
const listenBacklog = 511

// spare are the workers that the parent wants idle, at least and at most.
const (
	minSpare = 5
	maxSpare = 10
)

type worker struct {
	pid, tid int
	conn     *conn
	rss      int // pages
	fat      int // what it grows to
	gone     bool
	request  *request
}

// A conn is one connection. Its client sends requests one after the other.
type conn struct {
	c      *client
	face   *client // whom the logs name: the client, or a proxy before it
	port   int     // 0: behind a proxy that says for whom it asks
	worker *worker
	queue  []*request
	busy   bool // a request is being served
	closed bool
	turn   int    // a timer of an earlier turn is void
	lost   func() // called once when the server drops it
}

type request struct {
	method, path, referer, agent string
	kind                         kind
	user                         string // of basic authentication
	conn                         *conn
	done                         func(status int)

	began   time.Duration
	until   time.Duration // when its code will have run
	turn    int           // a plan of an earlier turn is void
	tries   int           // to reach the database again
	running bool          // its code runs
	inRetry bool          // and waits for the database
	retried bool          // and has reached it again once
	ended   bool
}

// A kind is what it takes to answer a request.
type kind uint8

const (
	static     kind = iota
	page            // made by code, with the database
	login           // code that checks a password
	scriptFile      // a script below the document root: found or not
	private         // behind basic authentication
	denied          // forbidden by the configuration
	traversal       // above the root
	cron            // WordPress calling itself
	planted         // a script that does not belong there
)

func newServer(s *sim) *server {
	w := &server{s: s, event: s.site.fpm, keepAlive: 5 * time.Second, headerTimeout: 20 * time.Second}
	w.limit = pick(s, []int{25, 40, 60, 100, 150, 150, 150})
	w.lastPID = s.from(500, 60000)
	return w
}

func (w *server) newPID() int {
	w.lastPID += w.s.from(1, 4)
	if w.lastPID > 4194000 {
		w.lastPID = 300
	}
	return w.lastPID
}

// mpm is the name of the module that manages the workers.
func (w *server) mpm() string {
	if w.event {
		return "mpm_event"
	}
	return "mpm_prefork"
}

func (w *server) code(prefork, event string) string {
	if w.event {
		return event
	}
	return prefork
}

// start is a new parent.
func (w *server) start() {
	w.parent = w.newPID()
	w.told = false
	w.running = true
	w.spawn = 1
	w.s.out.server(w.mpm()+":notice", w.parent, w.parent, w.code("AH00163", "AH00489")+": "+w.s.site.banner+" configured -- resuming normal operations")
	w.s.out.server("core:notice", w.parent, w.parent, "AH00094: Command line: '/usr/sbin/apache2'")
	for range minSpare {
		w.newWorker()
	}
	parent := w.parent
	var tend func()
	tend = func() {
		if !w.running || w.parent != parent {
			return
		}
		w.tend()
		w.s.after(time.Second, tend)
	}
	w.s.after(time.Second, tend)
}

func (w *server) newWorker() {
	k := &worker{fat: w.s.from(9000, 14000)}
	k.rss = 3200
	if w.event {
		// Twenty-five threads are one process.
		n := len(w.workers)
		if n%25 == 0 {
			k.pid = w.newPID()
		} else {
			k.pid = w.workers[n-1].pid
		}
		k.tid = w.newPID()
	} else {
		k.pid = w.newPID()
		k.tid = k.pid
	}
	w.workers = append(w.workers, k)
	w.s.machine.add(k.rss)
	w.take(k)
}

// tend is what the parent does each second: start workers when few are idle, in
// growing numbers, and end one when many are.
func (w *server) tend() {
	switch idle := len(w.idle); {
	case idle < minSpare && len(w.workers) >= w.limit:
		if !w.told {
			w.told = true
			w.s.tooSmall()
			w.s.plain()
			w.s.out.server(w.mpm()+":error", w.parent, w.parent, w.code("AH00161", "AH00484")+": server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting")
		}
		w.spawn = 1
	case idle < minSpare:
		for range min(w.spawn, w.limit-len(w.workers)) {
			w.newWorker()
		}
		w.spawn = min(w.spawn*2, 32)
	case idle > maxSpare && !w.event:
		k := w.idle[0]
		w.idle = w.idle[1:]
		w.end(k)
		w.spawn = 1
	default:
		w.spawn = 1
	}
}

// end takes a worker away, whatever it does.
func (w *server) end(k *worker) {
	if k.gone {
		return
	}
	k.gone = true
	w.s.machine.add(-k.rss)
	w.workers = slices.DeleteFunc(w.workers, func(o *worker) bool { return o == k })
	w.idle = slices.DeleteFunc(w.idle, func(o *worker) bool { return o == k })
	if r := k.request; r != nil {
		w.leave(r)
		k.request = nil
	}
	if n := k.conn; n != nil {
		n.worker, k.conn = nil, nil
		w.drop(n)
	}
}

// drop ends a connection without an answer.
func (w *server) drop(n *conn) {
	if n.closed {
		return
	}
	n.closed = true
	n.turn++
	if n.lost != nil {
		n.lost()
	}
}

// leave takes a request out of what runs.
func (w *server) leave(r *request) {
	if !r.ended {
		r.ended = true
		if r.running {
			w.php--
		}
	}
}

// open is a client's new connection. It may wait for a worker, and it may be refused.
func (w *server) open(c *client) *conn {
	s := w.s
	if c.connections == 0 {
		c.first = s.time()
	}
	n := &conn{c: c}
	n.port = c.nextPort(s)
	s.site.face(s, n)
	if !w.running || len(w.backlog) >= listenBacklog {
		n.closed = true
		return n
	}
	if len(w.idle) > 0 {
		k := w.idle[len(w.idle)-1]
		w.idle = w.idle[:len(w.idle)-1]
		w.give(k, n)
	} else {
		w.backlog = append(w.backlog, n)
	}
	return n
}

// take lets a worker that has nothing to do look for something.
func (w *server) take(k *worker) {
	if k.gone {
		return
	}
	for len(w.backlog) > 0 {
		n := w.backlog[0]
		w.backlog = w.backlog[1:]
		if n.closed && len(n.queue) == 0 {
			continue
		}
		w.give(k, n)
		return
	}
	w.idle = append(w.idle, k)
}

func (w *server) give(k *worker, n *conn) {
	k.conn, n.worker = n, k
	if len(n.queue) > 0 {
		w.next(n)
		return
	}
	w.await(n, w.headerTimeout, true)
}

// await closes the connection unless a request comes in time. The first request
// that does not come is a timeout that Apache answers; later ones are the end
// of the keep-alive.
func (w *server) await(n *conn, d time.Duration, first bool) {
	n.turn++
	turn := n.turn
	w.s.after(d, func() {
		if n.turn != turn || n.closed || n.busy {
			return
		}
		if first {
			if w.s.site.info {
				w.s.out.deed(n, n.worker, "reqtimeout:info", "AH01382: Request header read timeout", "")
			}
			w.s.out.request(n, &request{began: w.s.now - d, agent: "-"}, 408, 0)
			w.count(n, 408)
		}
		w.hangUp(n)
	})
}

func (w *server) count(n *conn, status int) {
	for _, c := range []*client{n.c, n.face} {
		c.requests++
		c.last = w.s.time()
		if c.first.IsZero() {
			c.first = c.last
		}
		c.status[status]++
		if n.c == n.face {
			break
		}
	}
}

// hangUp ends a connection in good order and frees its worker.
func (w *server) hangUp(n *conn) {
	if n.closed {
		return
	}
	n.closed = true
	n.turn++
	if k := n.worker; k != nil && !n.busy {
		n.worker, k.conn = nil, nil
		w.take(k)
	}
}

// send is a request of the client on its connection. It says whether that was still open.
func (w *server) send(n *conn, r *request) bool {
	if n.closed {
		return false
	}
	r.conn = n
	n.queue = append(n.queue, r)
	if n.worker == nil && w.event && !n.busy && len(n.queue) == 1 && n.turn > 0 {
		// Under event a connection that waited for its next request has no worker.
		if len(w.idle) > 0 {
			k := w.idle[len(w.idle)-1]
			w.idle = w.idle[:len(w.idle)-1]
			w.give(k, n)
		} else {
			w.backlog = append(w.backlog, n)
		}
		return true
	}
	if n.worker != nil && !n.busy {
		w.next(n)
	}
	return true
}

func (w *server) next(n *conn) {
	r := n.queue[0]
	n.queue = n.queue[1:]
	n.busy = true
	n.turn++
	r.began = w.s.now
	n.worker.request = r
	w.s.site.handle(w, r)
}

// answer ends a request: the access log has its line when all was sent.
func (w *server) answer(r *request, status, size int) {
	if r.ended {
		return
	}
	w.leave(r)
	n := r.conn
	k := n.worker
	k.request = nil
	n.busy = false
	w.count(n, status)
	w.s.out.request(n, r, status, size)
	if n.closed {
		n.worker, k.conn = nil, nil
		w.take(k)
	} else if len(n.queue) > 0 {
		w.next(n)
	} else if w.event {
		n.worker, k.conn = nil, nil
		w.take(k)
		w.await(n, w.keepAlive, false)
	} else {
		w.await(n, w.keepAlive, false)
	}
	if r.done != nil {
		r.done(status)
	}
}

// stop ends the parent. Workers that cannot leave in time are named, and what they did is lost.
func (w *server) stop(then func()) {
	s := w.s
	w.running = false
	for _, n := range w.backlog {
		w.drop(n)
	}
	w.backlog = nil
	var stuck []*worker
	for _, k := range slices.Clone(w.workers) {
		// A worker that waits for the database or for memory that was swapped out does not hear.
		if r := k.request; r != nil && (r.inRetry || s.machine.swapping() > 0 && s.chance(0.6) || r.running && s.db.slow > 3) {
			stuck = append(stuck, k)
			continue
		}
		w.end(k)
	}
	parent := w.parent
	quit := func() {
		for _, k := range slices.Clone(w.workers) {
			w.end(k)
		}
		w.idle = nil
		s.out.server(w.mpm()+":notice", parent, parent, w.code("AH00169", "AH00491")+": caught SIGTERM, shutting down")
		s.after(s.between(50*time.Millisecond, 400*time.Millisecond), then)
	}
	if len(stuck) == 0 {
		s.after(s.between(20*time.Millisecond, time.Second), quit)
		return
	}
	seen := map[int]bool{}
	for turn := range 3 {
		s.after(time.Duration(3+2*turn)*time.Second, func() {
			clear(seen)
			left := 0
			for _, k := range stuck {
				if k.gone || seen[k.pid] {
					continue
				}
				seen[k.pid] = true
				left++
				s.trouble()
				s.out.server("core:warn", parent, parent, fmt.Sprintf("AH00045: child process %d still did not exit, sending a SIGTERM", k.pid))
				if s.chance(0.4) && !w.event {
					w.end(k)
				}
			}
			if turn == 2 {
				s.after(2*time.Second, quit)
			}
		})
	}
}

// restart is an administrator's, or a package's: a stop, and a start some time later.
func (w *server) restart(why string, pause time.Duration) {
	s := w.s
	if !w.running {
		return
	}
	s.restarts = append(s.restarts, Restart{s.time(), why})
	s.out.unit("Stopping apache2.service - The Apache HTTP Server...")
	w.stop(func() {
		s.out.unit("apache2.service: Deactivated successfully.")
		s.out.unit("Stopped apache2.service - The Apache HTTP Server.")
		s.after(pause, func() {
			s.out.unit("Starting apache2.service - The Apache HTTP Server...")
			w.start()
			s.out.unit("Started apache2.service - The Apache HTTP Server.")
		})
	})
}

// graceful is logrotate's: the children leave when they have nothing to do, the
// configuration is read anew, and nobody notices.
func (w *server) graceful(why string) {
	if !w.running {
		return
	}
	s := w.s
	s.restarts = append(s.restarts, Restart{s.time(), why})
	s.out.server(w.mpm()+":notice", w.parent, w.parent, w.code("AH00171: Graceful restart requested, doing restart", "AH00493: SIGUSR1 received.  Doing graceful restart"))
	for _, k := range slices.Clone(w.idle) {
		w.end(k)
	}
	s.out.server(w.mpm()+":notice", w.parent, w.parent, w.code("AH00163", "AH00489")+": "+s.site.banner+" configured -- resuming normal operations")
	s.out.server("core:notice", w.parent, w.parent, "AH00094: Command line: '/usr/sbin/apache2'")
	for len(w.workers) < min(minSpare, w.limit) || len(w.idle) == 0 && len(w.workers) < w.limit {
		w.newWorker()
	}
}

// crash is a worker that dies of a fault in its code.
func (w *server) crash(k *worker, library string) {
	s := w.s
	s.troubleInSyslog()
	s.out.kernel(fmt.Sprintf("apache2[%d]: segfault at %x ip %012x sp %012x error 4 in %s[%012x+%x000]", k.pid,
		s.from(0, 64), 0x7f0000000000+s.rng.IntN(1<<32), 0x7ffc00000000+s.rng.IntN(1<<28), library, 0x7f0000000000+s.rng.IntN(1<<32), s.from(16, 900)))
	pid := k.pid
	for _, o := range slices.Clone(w.workers) {
		if o.pid == pid {
			w.end(o)
		}
	}
	s.after(s.between(10*time.Millisecond, time.Second), func() {
		s.trouble()
		s.out.server("core:notice", w.parent, w.parent, fmt.Sprintf("AH00051: child pid %d exit signal Segmentation fault (11), possible coredump in /etc/apache2", pid))
	})
}
