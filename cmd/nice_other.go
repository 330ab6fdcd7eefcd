//go:build !linux

package cmd

// standBack does nothing where threads have no priority of their own.
func standBack(int) {}
