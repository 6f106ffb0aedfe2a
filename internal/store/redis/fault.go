package redis

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// The operations in errors.
const (
	opOpen   = "store.open"
	opClose  = "store.close"
	opCommit = "store.commit"
	opGet    = "store.get"
	opList   = "store.list"
	opSweep  = "store.sweep"
	opClaim  = "store.claim"
	opRenew  = "store.renew"
	opDue    = "store.due"
	opNow    = "store.now"

	opAcquire = "store.acquire"
	opHolds   = "store.holds"
	opFree    = "store.free"
	opHead    = "store.head"
	opMissing = "store.missing"
	opEpoch   = "store.epoch"
)

// fault turns what the client returned into the sentence for people. Errors that have one already pass.
func fault(op, where string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*bot.Error](err); ok {
		return err
	}
	if errors.Is(err, goredis.ErrClosed) {
		return store.Closed(op)
	}
	return bot.E(bot.CodeUnavailable, op, remedy(where, err), err)
}

// remedies name the fault and the next step for the words with which Redis begins its errors (redis.io/docs, src/server.c
// createSharedObjects). Older versions put the words of a script's error inside the line, so they are looked for anywhere.
var remedies = []struct{ word, fault, step string }{
	{"READONLY", "takes no writes, because it is a replica", "Try again when the failover is over, or point Petrel at the primary."},
	{"OOM ", "has no memory left", "Raise its maxmemory or free some memory, then try again."},
	{"LOADING", "is still loading its data", "Try again in a moment."},
	{"MISCONF", "cannot write to its disk", "Look at the disk and at the log of Redis, then try again."},
	{"NOREPLICAS", "has fewer replicas than it needs to take writes", "Start them, then try again."},
	{"CLUSTERDOWN", "is not complete", "Look at redis-cli cluster info, then try again."},
	{"MOVED", "is moving Petrel's keys to another node", "Try again in a moment."},
	{"ASK ", "is moving Petrel's keys to another node", "Try again in a moment."},
	{"TRYAGAIN", "is moving Petrel's keys to another node", "Try again in a moment."},
	{"MASTERDOWN", "has lost its primary", "Try again when the failover is over."},
	{"BUSY", "is busy with a script", "Try again in a moment."},
	{"NOAUTH", "asks for a password", "Set the user name and password in Petrel's configuration."},
	{"WRONGPASS", "does not accept the user name and password", "Correct them in Petrel's configuration."},
	{"NOPERM", "does not let Petrel's user do this", "Give that user all commands on Petrel's keys and its channel, then try again."},
	{"max number of clients", "has no room for one more client", "Raise its maxclients, then try again."},
	{"NOSCRIPT", "was restarted at this moment", "Try again."},
}

func remedy(where string, err error) string {
	name := strings.ToUpper(where[:1]) + where[1:]
	if _, answered := errors.AsType[goredis.Error](err); answered {
		for _, r := range remedies {
			if strings.Contains(err.Error(), r.word) {
				return name + " " + r.fault + ". " + r.step
			}
		}
		return "Petrel cannot use " + where + " now. Ask its operator to look at the log, then try again."
	}
	netErr, isNet := errors.AsType[net.Error](err)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || isNet && netErr.Timeout() {
		return name + " does not answer in time. Check that it runs and is not overloaded, then try again."
	}
	return "Petrel cannot reach " + where + ". Check that it runs and that this machine may connect to it, then try again."
}
