package cmd

import "testing"

// A version that go install was asked for has a name; one of a checkout has none.
func TestReleased(t *testing.T) {
	for version, want := range map[string]bool{
		"v0.1.0": true, "v1.20.3": true, "v1.0.0-rc.1": true,
		"": false, "(devel)": false, "v0.1.0+dirty": false,
		"v0.0.0-20260314070000-0123456789ab":        false,
		"v0.1.1-0.20260314070000-0123456789ab":      false,
		"v1.0.0-rc.1.0.20260314070000-0123456789ab": false,
	} {
		if got := released.MatchString(version); got != want {
			t.Errorf("%q names a release: %t, want %t", version, got, want)
		}
	}
}
