package analyze

import (
	"testing"

	"github.com/logsleuth/logsleuth/parser"
)

// rsyslog folds lines that are alike, as Ubuntu has it do: they happened all the same.
func TestFoldedLinesCountAsOften(t *testing.T) {
	log := logFile{name: "syslog", text: []byte("Mar 14 07:39:24 h wordpress(shop)[7]: Authentication failure for anna from 192.0.2.7\n" +
		"Mar 14 07:39:25 h wordpress(shop)[7]: message repeated 5 times: [ Authentication failure for anna from 192.0.2.7]\n")}
	f := whole([]logFile{log})
	k := parser.KindByName("wp.auth_failed")
	var n int64
	for _, s := range f.Timeline.Series[k.ID()].Slots {
		n += s.Count
	}
	if n != 6 {
		t.Errorf("the timeline counts %d failures, want 6", n)
	}
	if n := f.Clients.List[0].Kinds.Count(k); n != 6 {
		t.Errorf("the client failed %d times, want 6", n)
	}
}
