package analyze

import (
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// The kinds that rules and ledgers speak of. A name that the catalogue lost
// shows as nil in the tests.
var (
	dbGone      = parser.KindByName("db.gone")
	dbLost      = parser.KindByName("db.lost")
	dbRefused   = parser.KindByName("db.refused")
	dbLimit     = parser.KindByName("db.limit")
	dbTooBig    = parser.KindByName("db.toobig")
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
	hostAddress      = parser.KindByName("host.address")
	serverName       = parser.KindByName("server.name")
	serverBind       = parser.KindByName("server.bind")

	phpFatal       = parser.KindByName("php.fatal")
	phpMemory      = parser.KindByName("php.memory")
	phpUploads     = parser.KindByName("php.uploads")
	phpTimeout     = parser.KindByName("php.timeout")
	backendDown    = parser.KindByName("backend.down")
	backendTimeout = parser.KindByName("backend.timeout")

	fpmExhausted = parser.KindByName("fpm.exhausted")
	fpmFailed    = parser.KindByName("fpm.failed")
	oomUserspace = parser.KindByName("oom.userspace")
	dbFull       = parser.KindByName("db.full")
	dbDisk       = parser.KindByName("db.disk")
	kernelDisk   = parser.KindByName("kernel.disk")
	kernelIO     = parser.KindByName("kernel.io")
	kernelHung   = parser.KindByName("kernel.hung")

	oomKill        = parser.KindByName("oom.kill")
	oomInvoked     = parser.KindByName("oom.invoked")
	oomTask        = parser.KindByName("oom.task")
	oomTotal       = parser.KindByName("oom.total")
	kernelSegfault = parser.KindByName("kernel.segfault")
	kernelBoot     = parser.KindByName("kernel.boot")
	hostBoot       = parser.KindByName("host.boot")
	hostShutdown   = parser.KindByName("host.shutdown")
	unitFailed     = parser.KindByName("unit.failed")
	unitOOM        = parser.KindByName("unit.oom")
	unitNoStart    = parser.KindByName("unit.nostart")
	unitStart      = parser.KindByName("unit.start")
	unitStop       = parser.KindByName("unit.stop")

	accessFailed = parser.AccessFailed

	fileMissing     = parser.KindByName("file.missing")
	scriptMissing   = parser.KindByName("script.missing")
	indexDenied     = parser.KindByName("index.denied")
	pathInvalid     = parser.KindByName("path.invalid")
	accessDenied    = parser.KindByName("access.denied")
	authFailed      = parser.KindByName("auth.failed")
	authUnknownUser = parser.KindByName("auth.unknown_user")
	wafBlocked      = parser.KindByName("waf.blocked")
	wafRefused      = parser.KindByName("waf.refused")
	scriptRefused   = parser.KindByName("script.refused")
	wpAuthFailed    = parser.KindByName("wp.auth_failed")
	wpUnknownUser   = parser.KindByName("wp.unknown_user")
	wpXMLRPC        = parser.KindByName("wp.xmlrpc")
	requestTimeout  = parser.KindByName("request.timeout")
	fileDenied      = parser.KindByName("file.denied")
	siteBroken      = parser.KindByName("site.broken")
	redirectLoop    = parser.KindByName("redirect.loop")

	workersNear = parser.KindByName("workers.near")
	tlsFailed   = parser.KindByName("tls.failed")
	logLost     = parser.KindByName("log.lost")
)

// workerEnds are the events that name a worker which ended, or would not.
var workerEnds = []*parser.Kind{childSIGTERM, childSIGKILL, childStuck, childSegfault, childExit, kernelSegfault, oomKill}

// databaseHarm is what visitors get when the database fails.
var databaseHarm = []*parser.Kind{dbGone, dbLost, dbRefused, dbLimit}

// isGuess tells which kinds are a password or a user that was tried on the web site.
func isGuess(k *parser.Kind) bool {
	return k == authFailed || k == authUnknownUser || k == wpAuthFailed || k == wpUnknownUser || k == wpXMLRPC
}

// guesses are all of them.
var guesses = []*parser.Kind{authFailed, authUnknownUser, wpAuthFailed, wpUnknownUser, wpXMLRPC}

// isSearch tells which kinds are about a path that was asked for and not given.
func isSearch(k *parser.Kind) bool {
	switch k {
	case fileMissing, scriptMissing, pathInvalid, accessDenied, indexDenied, wafBlocked, wafRefused, scriptRefused:
		return true
	}
	return false
}

// elsewhere tells which kinds name clients of other services than the web site:
// whoever knocks at ssh is not one of its visitors.
func elsewhere(k *parser.Kind) bool {
	return strings.HasPrefix(k.Name, "ssh.") || strings.HasPrefix(k.Name, "ban.") || strings.HasPrefix(k.Name, "firewall.") || k.Name == "db.denied"
}

// diskTrouble, configTrouble and backendTrouble are kinds that tell their cause.
var (
	diskTrouble    = append(kindsNamed("php.disk"), dbFull, dbDisk, kernelDisk, kernelIO)
	configTrouble  = kindsNamed("server.config", "server.config_text", "server.bind", "server.bind_text", "server.mutex", "tls.config", "site.broken", "handler.missing", "frontend.mismatch")
	backendTrouble = append(kindsNamed("cgi.down", "fcgid.full", "fcgid.timeout", "fpm.timeout"), backendDown, backendTimeout)
)

// kindsNamed finds kinds by their names. It is for variables: a name that the
// catalogue does not have ends every test at its beginning.
func kindsNamed(names ...string) (kinds []*parser.Kind) {
	for _, name := range names {
		k := parser.KindByName(name)
		if k == nil {
			panic("analyze: no kind is called " + name + "; parser.Kinds has them")
		}
		kinds = append(kinds, k)
	}
	return kinds
}
