package parser

import "bytes"

// What supervisord says of the programs that it runs (supervisor/process.py): in
// many containers nobody else tells that a web server or PHP-FPM died.

const supervisorLine = "2026-03-14 07:39:24,229 "

var (
	supervisorExit = &Kind{
		Name: "supervisor.exit", Role: State, Severity: 2, Prefix: []string{"exited: "},
		Title: "a program that supervisord runs ended",
		Doc:   "A program that supervisord runs ended when it should not; the line says how. terminated by SIGKILL is often the kernel's, for lack of memory.",
		Samples: []string{
			supervisorLine + "INFO exited: apache2 (exit status 1; not expected)",
			supervisorLine + "INFO exited: php-fpm (terminated by SIGKILL; not expected)",
		},
		Misses: []string{
			supervisorLine + "INFO exited: job (exit status 0; expected)",
			"Mar 14 07:39:24 vps512 app[400]: exited: job (exit status 1; not expected)",
		},
		match: func(e *Event) bool {
			return supervisorsOwn(e) && bytes.HasSuffix(e.text, []byte("; not expected)"))
		},
		subject: supervised, detail: detailUnit,
	}
	supervisorGaveUp = &Kind{
		Name: "supervisor.gaveup", Role: State, Severity: 4, Prefix: []string{"gave up: "},
		Title:   "supervisord gave up starting a program",
		Doc:     "A program ended so often after its start that supervisord does not start it again: it is down until somebody starts it.",
		Samples: []string{supervisorLine + "INFO gave up: apache2 entered FATAL state, too many start retries too quickly"},
		Misses:  []string{"Mar 14 07:39:24 vps512 app[400]: gave up: apache2 entered FATAL state, too many start retries too quickly"},
		match:   supervisorsOwn,
		subject: supervised, detail: detailUnit,
	}
)

func supervisorsOwn(e *Event) bool { return string(e.Program) == string(supervisorName) }

// supervised is the program's name, the word behind "exited: ".
func supervised(e *Event) []byte {
	_, rest, _ := bytes.Cut(e.text, []byte(": "))
	name, _ := word(rest)
	return name
}
