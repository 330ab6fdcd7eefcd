package report

import (
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/analyze"
)

// Only a name that may stand in a command as it is gets into one.
func TestUpdateOfPluginsAndThemes(t *testing.T) {
	for _, what := range []string{"plugin", "theme"} {
		r := &analyze.Result{Advice: []analyze.Advice{{ID: what, Subject: "contact-form.2_mini"}}}
		Carry(r)
		want := "# In the site's folder, as the user that its files belong to.\n" +
			"wp --skip-" + what + "s=contact-form.2_mini " + what + " get contact-form.2_mini --field=version\n" +
			"wp --skip-" + what + "s=contact-form.2_mini " + what + " update contact-form.2_mini"
		if got, _, _ := strings.Cut(r.Advice[0].Commands["wp-cli"], "\n# Where that"); got != want {
			t.Errorf("%s: %s", what, got)
		}
		if undo := r.Advice[0].Undo["wp-cli"]; !strings.Contains(undo, "wp "+what+" install contact-form.2_mini --force --version=") {
			t.Errorf("%s is not undone: %s", what, undo)
		}
		for _, hostile := range []string{"", "-all", "--all", "..", ".", "a b", "a;b", "a\nb", "$(touch x)", "`x`", "a/../b", "ä", "a'b", "a\"b", "a,b", "a=b", "x\nLOGSLEUTH\nx", strings.Repeat("a", 81)} {
			r := &analyze.Result{Advice: []analyze.Advice{{ID: what, Subject: hostile, Text: hostile}}}
			Carry(r)
			if len(r.Advice[0].Commands)+len(r.Advice[0].Undo) > 0 {
				t.Errorf("%s %q gets into %v", what, hostile, r.Advice[0].Commands)
			}
		}
	}
	r := &analyze.Result{Advice: []analyze.Advice{{ID: "component", Subject: "loader"}}}
	Carry(r)
	if len(r.Advice[0].Commands) > 0 {
		t.Errorf("no command updates a must-use plugin: %v", r.Advice[0].Commands)
	}
}
