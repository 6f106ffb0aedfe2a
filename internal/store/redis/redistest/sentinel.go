package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// MasterName is how the Sentinel knows its primary.
const MasterName = "petrel"

// Failover is a primary with a replica and a Sentinel that changes them over when the primary is silent for a second.
type Failover struct {
	Primary, Replica, Sentinel *Server
}

// StartFailover starts the three, and returns when the Sentinel knows both others.
func StartFailover(tb testing.TB) Failover {
	tb.Helper()
	primary := Start(tb)
	host, port, err := net.SplitHostPort(primary.Addr)
	if err != nil {
		tb.Fatal(err)
	}
	f := Failover{Primary: primary, Replica: Start(tb, "--replicaof", host+" "+port)}
	own := freePort(tb)
	file := filepath.Join(tb.TempDir(), "sentinel.conf")
	config := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor %s %s %s 1\nsentinel down-after-milliseconds %[3]s 1000\nsentinel failover-timeout %[3]s 5000\n",
		own, filepath.Dir(file), MasterName, host, port)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		tb.Fatal(err)
	}
	f.Sentinel = launch(tb, own, []string{file, "--sentinel"})
	ready := func(ctx context.Context) bool {
		replication, err := f.Replica.client.Info(ctx, "replication").Result()
		if err != nil || !strings.Contains(replication, "master_link_status:up") {
			return false
		}
		known, err := f.Sentinel.client.Info(ctx, "sentinel").Result()
		return err == nil && strings.Contains(known, "slaves=1")
	}
	if !eventually(tb, ready) {
		tb.Fatal("the Sentinel does not find the replica")
	}
	return f
}
