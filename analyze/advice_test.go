package analyze

import (
	"slices"
	"strings"
	"testing"
)

// Each measure is asked for by its own evidence, and not without it.
func TestAdvice(t *testing.T) {
	visits := func(s *script) {
		s.hum(0, 3600)
		for i := range 30 {
			s.requestFrom(float64(i)*100, "203.0.113.60", "GET", "/", 200, "Mozilla/5.0", "http://www.example.org/")
		}
	}
	for _, test := range []struct {
		name  string
		write func(s *script)
		want  string // of these
	}{
		{"visitors", visits, ""},
		{"flood", func(s *script) { visits(s); s.outage(1800, 20); attack(s, 1800, who, 60) }, "limit"},
		{"xmlrpc", func(s *script) {
			visits(s)
			for i := range 300 {
				s.request(1800+float64(i)*0.5, who, "POST", "/xmlrpc.php", 200, "python-requests/2.31")
			}
		}, "xmlrpc jail"},
		{"passwords", func(s *script) {
			visits(s)
			for i := range 60 {
				s.noUser(1800+float64(i)*0.5, who, 40000+i, "admin")
			}
		}, "jail"},
		{"too many connections", func(s *script) {
			visits(s)
			for i := range 20 {
				s.client(1800+float64(i), ":error", 100+i, "203.0.113.60", 4000+i, "PHP Warning:  mysqli_real_connect(): (HY000/1040): Too many connections in /srv/wp-db.php on line 1")
			}
		}, "connections"},
		{"long queries", func(s *script) {
			visits(s)
			for i := range enoughTooLong {
				s.client(1800+float64(i), ":error", 100, "203.0.113.60", 4000, "WordPress database error Got a packet bigger than 'max_allowed_packet' bytes for query INSERT INTO wp_options made by update_option")
			}
		}, "packets"},
		{"scheduled work", func(s *script) {
			visits(s)
			for i := range 40 {
				s.client(1800+float64(i), ":error", 100+i, "203.0.113.60", 4000+i, "WordPress database error MySQL server has gone away for query SELECT 1 made by do_action('wp_loaded'), WP_Hook->do_action, _wp_cron, spawn_cron, set_transient, update_option")
			}
		}, "wp-cron"},
		{"memory", func(s *script) { visits(s); s.oomKill(1800, 4711, "mariadbd") }, "swap"},
	} {
		s := new(script)
		test.write(s)
		r := judge(s.logs())
		var got []string
		for _, a := range r.Advice {
			got = append(got, a.ID)
		}
		for _, id := range []string{"limit", "xmlrpc", "jail", "connections", "packets", "wp-cron", "swap"} {
			if slices.Contains(strings.Fields(test.want), id) != slices.Contains(got, id) {
				t.Errorf("%s: advised %v, want %q of these", test.name, got, test.want)
				break
			}
		}
	}
}
