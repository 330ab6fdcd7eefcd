// Package parser turns the bytes of Apache's error logs and of syslog into typed events.
//
// A line is framed (which format wrote it), stamped (time, level, module, pid,
// client) and classified (its [Kind]). Reading a line cannot fail: what nobody
// understands is an event of kind "unknown", with its place.
//
//	s := parser.NewScanner(parser.Options{})
//	s.Reset(chunk, 1, 0)
//	for s.Next() {
//		e := s.Event()
//		fmt.Println(e.Line, e.Kind.Name, e.Client)
//	}
//
// The facts about formats and messages come from the sources and the
// documentation of the programs that write them: httpd 2.2 and 2.4
// (server/log.c and the modules), PHP (main/main.c), WordPress (wpdb), Linux
// (mm/oom_kill.c, arch/x86/mm/fault.c), systemd, MariaDB.
package parser
