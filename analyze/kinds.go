package analyze

import "github.com/logsleuth/logsleuth/parser"

// The kinds that rules and ledgers speak of. A name that the catalogue lost
// shows as nil in the tests.
var (
	dbGone      = parser.KindByName("db.gone")
	dbLost      = parser.KindByName("db.lost")
	dbRefused   = parser.KindByName("db.refused")
	dbLimit     = parser.KindByName("db.limit")
	dbStart     = parser.KindByName("db.start")
	dbStop      = parser.KindByName("db.stop")
	dbCrash     = parser.KindByName("db.crash")
	dbRecover   = parser.KindByName("db.recovery")
	dbInjection = parser.KindByName("db.injection")
	dbMemory    = parser.KindByName("db.memory")

	workersExhausted = parser.KindByName("workers.exhausted")
	scoreboardFull   = parser.KindByName("scoreboard.full")
	forkFailed       = parser.KindByName("fork.failed")
	childSIGTERM     = parser.KindByName("child.sigterm")
	childSIGKILL     = parser.KindByName("child.sigkill")
	childStuck       = parser.KindByName("child.stuck")
	childSegfault    = parser.KindByName("child.segfault")
	childExit        = parser.KindByName("child.exit")
	serverStart      = parser.KindByName("server.start")
	serverStop       = parser.KindByName("server.stop")
	serverGraceful   = parser.KindByName("server.graceful")
	serverRestart    = parser.KindByName("server.restart")
	serverUnclean    = parser.KindByName("server.unclean")
	serverProxied    = parser.KindByName("server.proxied")

	phpFatal       = parser.KindByName("php.fatal")
	phpMemory      = parser.KindByName("php.memory")
	phpTimeout     = parser.KindByName("php.timeout")
	backendDown    = parser.KindByName("backend.down")
	backendTimeout = parser.KindByName("backend.timeout")

	oomKill        = parser.KindByName("oom.kill")
	oomInvoked     = parser.KindByName("oom.invoked")
	oomTask        = parser.KindByName("oom.task")
	oomTotal       = parser.KindByName("oom.total")
	kernelSegfault = parser.KindByName("kernel.segfault")
	kernelBoot     = parser.KindByName("kernel.boot")
	unitFailed     = parser.KindByName("unit.failed")
	unitStart      = parser.KindByName("unit.start")
	unitStop       = parser.KindByName("unit.stop")

	fileMissing     = parser.KindByName("file.missing")
	scriptMissing   = parser.KindByName("script.missing")
	indexDenied     = parser.KindByName("index.denied")
	pathInvalid     = parser.KindByName("path.invalid")
	accessDenied    = parser.KindByName("access.denied")
	authFailed      = parser.KindByName("auth.failed")
	authUnknownUser = parser.KindByName("auth.unknown_user")
	requestTimeout  = parser.KindByName("request.timeout")
)

// workerEnds are the events that name a worker which ended, or would not.
var workerEnds = []*parser.Kind{childSIGTERM, childSIGKILL, childStuck, childSegfault, childExit, kernelSegfault, oomKill}

// databaseHarm is what visitors get when the database fails.
var databaseHarm = []*parser.Kind{dbGone, dbLost, dbRefused, dbLimit}
