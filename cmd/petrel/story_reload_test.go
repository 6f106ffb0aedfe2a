package main

import (
	"strings"
	"syscall"
	"testing"
)

// People and permissions are read anew while Petrel runs. A faulty file leaves everything as it was and says so in the log.
func TestReloadOnHangup(t *testing.T) {
	config := configure(t, "")
	daemon := start(t, "serve", "--config", config)
	daemon.enter("whoami")
	daemon.said("You are console:ann.")
	hangup := func() {
		t.Helper()
		if err := daemon.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}

	edit(t, config, "permissions:", "people: [{id: ann, accounts: ['console:ann'], roles: [operator]}]\npermissions:")
	hangup()
	daemon.logged("read the people and permissions anew")
	daemon.enter("who ann")
	daemon.said("roles:     operator")

	edit(t, config, "roles: [operator]", "rolls: [visitor]")
	hangup()
	daemon.logged("kept the people and permissions as they were")
	daemon.logged(`there is no setting \"rolls\"`)
	daemon.enter("who console:ann")
	daemon.said("accounts:  console:ann")
}

// Who may answer a question is looked up when somebody answers, so a role that is given meanwhile counts at once.
func TestRoleGivenWhileAQuestionWaits(t *testing.T) {
	config := configure(t, "")
	edit(t, config, "permissions:\n  - {identity: \"console:ann\"", "people: [{id: ann, accounts: ['console:ann'], roles: [operator]}]\npermissions:\n  - {identity: \"ann\"")
	daemon := start(t, "serve", "--config", config)
	daemon.enter("ask roles=lead")
	daemon.said("ann asks role lead:")
	_, line, _ := strings.Cut(daemon.said(" continue=true"), "inquiry respond ")
	id, _, _ := strings.Cut(line, " ")
	daemon.enter("inquiry respond " + id + " yes")
	daemon.said("ann may not answer this. It is asked of role lead.")
	edit(t, config, "roles: [operator]", "roles: [operator, lead]")
	if err := daemon.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	daemon.logged("read the people and permissions anew")
	daemon.enter("inquiry respond " + id + " yes")
	daemon.said("Your answer to core.ask " + id + " is taken.")
}
