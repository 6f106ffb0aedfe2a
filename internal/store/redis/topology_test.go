package redis_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// owner returns the node of a Cluster that has a store's keys.
func owner(t *testing.T, nodes []*redistest.Server, meta string) *redistest.Server {
	t.Helper()
	slot, _ := nodes[0].Do(t, "CLUSTER", "KEYSLOT", meta).(int64)
	for _, n := range nodes {
		if count, _ := n.Do(t, "CLUSTER", "COUNTKEYSINSLOT", slot).(int64); count > 0 {
			return n
		}
	}
	t.Fatal("no node has the keys")
	return nil
}

// All keys of a store are in one slot of a Cluster. When its node goes, that is said in time; when it is back, so is the store.
func TestClusterNodeLostAndBack(t *testing.T) {
	t.Parallel() // it mostly waits
	nodes := redistest.StartCluster(t)
	s := openStore(t, redis.Options{Addrs: redistest.Addrs(nodes)})
	commit(t, s, thing(1))
	node := owner(t, nodes, "{petrel}::meta")
	commit(t, s, enqueue(time.Hour, "a"))
	for _, n := range nodes {
		if keys, _ := n.Do(t, "DBSIZE").(int64); n != node && keys > 0 {
			t.Errorf("%s has %d keys", n.Addr, keys)
		}
	}
	node.Kill(t)
	refused(t, s, "the Redis Cluster at ")
	node.Restart(t)
	if took := eventually(t, func() error { return s.Commit(t.Context(), thing(2)) }); took > 10*time.Second {
		t.Errorf("it took %s to find the node again", took)
	}
	if err := missing(t, s, 1); err != nil {
		t.Error(err)
	}
}

// The slot of the store moves to another node while it is in use.
func TestClusterSlotMoves(t *testing.T) {
	t.Parallel() // it mostly waits
	nodes := redistest.StartCluster(t)
	addrs := redistest.Addrs(nodes)
	s := openStore(t, redis.Options{Addrs: addrs[:1], Cluster: true})
	// Without keys in it, a slot moves by word alone.
	from := owner(t, nodes, "{petrel}::meta")
	slot := from.Do(t, "CLUSTER", "KEYSLOT", "{petrel}::meta")
	from.Do(t, "DEL", "{petrel}::meta")
	to := nodes[0]
	if to == from {
		to = nodes[1]
	}
	id := to.Text(t, "CLUSTER", "MYID")
	for _, n := range nodes {
		n.Do(t, "CLUSTER", "SETSLOT", slot, "NODE", id)
	}
	eventually(t, func() error { return s.Commit(t.Context(), thing(1)) })
	if now := owner(t, nodes, "{petrel}::meta"); now != to {
		t.Errorf("the keys are on %s, want %s", now.Addr, to.Addr)
	}
}

func TestSentinelFailover(t *testing.T) {
	t.Parallel() // it mostly waits
	f := redistest.StartFailover(t)
	s := openStore(t, redis.Options{Addrs: []string{f.Sentinel.Addr}, MasterName: redistest.MasterName})
	commit(t, s, thing(1))
	commit(t, s, enqueue(0, "a"))
	before := claim(t, s, 1, "a")[0]
	f.Primary.Do(t, "WAIT", 1, 5000) // what is not at the replica yet is lost, see DESIGN.md
	f.Primary.Kill(t)
	refused(t, s, "behind the Sentinels at "+f.Sentinel.Addr)
	if took := eventually(t, func() error { return s.Commit(t.Context(), thing(2)) }); took > 10*time.Second {
		t.Errorf("it took %s to find the new primary", took)
	}
	if err := missing(t, s, 1); err != nil {
		t.Error(err)
	}
	commit(t, s, store.Batch{Guards: []store.Claim{before}})
	commit(t, s, enqueue(0, "b"))
	if after := claim(t, s, 1, "b")[0]; after.Fence <= before.Fence {
		t.Errorf("fence %d after %d", after.Fence, before.Fence)
	}
	_, err := redis.Open(t.Context(), redis.Options{Addrs: []string{f.Sentinel.Addr}, MasterName: "nobody"})
	sentence(t, err, bot.CodeUnavailable, "nobody")
}
