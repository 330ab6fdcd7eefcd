// Logsleuth reads the logs of a fallen web server and says what happened, who
// did it, who merely suffered it, and what to do now.
package main

import (
	"os"

	"github.com/logsleuth/logsleuth/cmd"
)

func main() { os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
