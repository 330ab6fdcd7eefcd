//go:build race

package analyze

// raceEnabled tells that all is ten times slower.
const raceEnabled = true
