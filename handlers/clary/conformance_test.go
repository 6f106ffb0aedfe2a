package clary_test

import (
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/handlertest"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// hosts is the simulator as the target of a conformance run.
type hosts struct{ *rig }

func (h hosts) Reset() {
	for host, status := range simclary.DemoNodes() {
		if h.status(host) != status {
			h.somebody(host, status)
		}
	}
}

func (h hosts) Writes() int {
	return len(h.ledger.lines(h.t, simclary.LineTransition, simclary.LineComment))
}

func (h hosts) State() any {
	statuses := map[string]string{}
	for _, n := range h.sim.Nodes() {
		statuses[n.Hostname] = n.Status
	}
	return statuses
}

func TestConformance(t *testing.T) {
	few := "irene[4000-4009]"
	unknown := func(p params) handlertest.Refused {
		return handlertest.Refused{Name: "unknown host", Params: p, Code: bot.CodeNotFound, Says: []string{"nope", "does not know this node"}}
	}
	invalid := func(name string, p params, says ...string) handlertest.Refused {
		return handlertest.Refused{Name: name, Params: p, Code: bot.CodeInvalid, Says: says}
	}
	for _, tc := range []struct {
		entry   string
		class   bot.Class
		params  params
		refused []handlertest.Refused
	}{
		{"NodeStatusGet", bot.Read, params{"host": "irene4000"}, []handlertest.Refused{
			unknown(params{"host": "nope"}),
			invalid("two hosts", params{"host": "n[1-2]"}, "n[1-2]", "names 2 hosts"),
			invalid("no host left", params{"host": "n1!n1"}, "n1!n1", "leaves no host"),
		}},
		{"StatusNext", bot.Read, params{"state": "production"}, []handlertest.Refused{
			invalid("unknown status", params{"state": "nosuch"}, "nosuch", "does not know this status"),
			invalid("a path", params{"state": ".."}, "state", "maintenance"),
		}},
		{"NodeStatusSet", bot.Idempotent, to(few, "draining", "concurrency", 2), []handlertest.Refused{
			unknown(to("nope", "draining")),
			{
				Name: "forbidden", Params: to("irene4000", "maintenance"), Code: bot.CodeForbidden,
				Says: []string{"irene4000", "production -> maintenance", "draining, failed"},
			},
			invalid("bad node set", to("irene[4000-", "draining"), "irene[4000-", "character"),
			invalid("blank status", to("irene4000", " "), "status"),
			invalid("blank comment", params{"hosts": "irene4000", "status": "draining", "comment": " "}, "comment", "logbook"),
		}},
		{"NodeStatusEnsure", bot.Idempotent, to(few, "maintenance", "concurrency", 2), []handlertest.Refused{
			unknown(to("nope", "maintenance")),
			{
				Name: "no way", Params: to("irene4059", "production"), Code: bot.CodeForbidden,
				Says: []string{"irene4059", "no allowed way from decommissioned to production"},
			},
			invalid("blank status", to("irene4000", ""), "status"),
		}},
		{"NodeComment", bot.Once, note(few, "concurrency", 2), []handlertest.Refused{
			unknown(note("nope")),
			invalid("blank comment", params{"hosts": "irene4000", "comment": ""}, "comment", "logbook"),
		}},
	} {
		t.Run(tc.entry, func(t *testing.T) {
			r := newRig(t, site{})
			handlertest.Run(t, handlertest.Case{
				Handler: r.handler(tc.entry), Class: tc.class, Request: alice(),
				Params: tc.params, Target: hosts{r}, Refused: tc.refused,
			})
		})
	}
}
