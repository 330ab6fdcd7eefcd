// Package analyze turns events into findings.
//
// [Facts] are ledgers: they gather what the log says, without opinion. Facts of
// parts of a log merge into those of the whole, in any order and for any cut.
// [Judge] is rules: pure functions over all facts, which hold every threshold
// and conclude what a [Result] says.
package analyze
