package redistest

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// StartCluster starts a Cluster of three primaries and returns its nodes.
func StartCluster(tb testing.TB) []*Server {
	tb.Helper()
	nodes := make([]*Server, 3)
	create := []string{"--cluster", "create"}
	for i := range nodes {
		nodes[i] = Start(tb, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000")
		create = append(create, nodes[i].Addr)
	}
	out, err := exec.CommandContext(tb.Context(), "redis-cli", append(create, "--cluster-replicas", "0", "--cluster-yes")...).CombinedOutput()
	if err != nil {
		tb.Fatalf("redis-cli: %v\n%s", err, out)
	}
	for _, n := range nodes {
		complete := func(ctx context.Context) bool {
			info, err := n.client.ClusterInfo(ctx).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_slots_ok:16384")
		}
		if !eventually(tb, complete) {
			tb.Fatalf("the cluster is not complete:\n%s", n.output.String())
		}
	}
	return nodes
}

// Addrs returns the addresses of servers.
func Addrs(servers []*Server) []string {
	var all []string
	for _, s := range servers {
		all = append(all, s.Addr)
	}
	return all
}
