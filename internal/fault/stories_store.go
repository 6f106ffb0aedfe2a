//go:build fault

package fault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// rolling replaces each process by one of the next version while people write, and then each by one of the old version again.
func rolling(ctx context.Context, l *lab) error {
	load, stop := context.WithCancel(ctx)
	defer stop()
	var writers errgroup.Group
	writers.Go(func() error {
		for clock.Wait(load, l.clock, 100*time.Millisecond) == nil {
			if _, err := l.mix(ctx, 0); err != nil {
				return err
			}
		}
		return nil
	})
	old := map[string]bool{}
	for _, c := range l.replicas {
		old[fmt.Sprint("/", c.pid())] = true
	}
	err := clock.Wait(ctx, l.clock, time.Second)
	for _, defects := range [][]failpoint.Defect{{failpoint.Newer}, {}} {
		for i := range l.replicas {
			if err == nil {
				err = l.replace(ctx, i, defects)
			}
			if len(defects) == 0 {
				old[fmt.Sprint("/", l.replicas[i].pid())] = true
			}
		}
	}
	stop()
	err = errors.Join(err, writers.Wait())
	if err == nil {
		err = l.ended(ctx, 20*time.Second)
	}
	return errors.Join(err, l.countNewer(ctx, old))
}

// replace asks a process to end, starts the next one in its place and lets both versions work side by side for a while.
func (l *lab) replace(ctx context.Context, i int, defects []failpoint.Defect) error {
	l.in.mu.Lock()
	l.in.defects = defects
	l.in.mu.Unlock()
	l.in.note("terminated", l.replicas[i].pid())
	if err := l.replicas[i].signal(syscall.SIGTERM); err != nil {
		return err
	}
	if !l.replicas[i].wait(l.clock, 30*time.Second) {
		return errors.New("it does not end")
	}
	if err := l.start(ctx, i); err != nil {
		return err
	}
	l.figures["replaced"]++
	if err := l.await(ctx, 30*time.Second, "its sockets are open", func() bool { return l.room.sockets(ctx) >= l.room.wanted(l.Replicas) }); err != nil {
		return err
	}
	return clock.Wait(ctx, l.clock, 2*time.Second)
}

// countNewer looks at the records of executions: which a newer process wrote, who wrote them last, and whether what an old one does not know is
// still there.
func (l *lab) countNewer(ctx context.Context, old map[string]bool) error {
	keys := l.redis.client.Scan(ctx, 0, "{petrel}:execution:*", 1000).Iterator()
	for keys.Next(ctx) {
		data, err := l.redis.client.HGet(ctx, keys.Val(), "data").Bytes()
		if err != nil {
			return err
		}
		var doc struct {
			V       int `json:"v"`
			New     int `json:"zz_new"`
			History []struct {
				By string `json:"by"`
			} `json:"history"`
		}
		if err := json.Unmarshal(data, &doc); err != nil {
			return err
		}
		if doc.V < 2 && doc.New == 0 {
			continue
		}
		l.figures["newer"]++
		by := doc.History[len(doc.History)-1].By
		if old[by[max(0, strings.LastIndex(by, "/")):]] {
			l.figures["newer by old"]++
		}
		if doc.New == 0 || doc.V < 2 {
			l.figures["dropped"]++
		}
	}
	return keys.Err()
}

// failover loses the primary after its replica had stopped to follow: what was written last is gone for good.
func failover(ctx context.Context, l *lab) error {
	_, port, _ := strings.Cut(l.redis.addr, ":")
	replica, err := startRedis(ctx, l.in, filepath.Join(l.dir, "replica"), "--replicaof", "127.0.0.1 "+port)
	if err != nil {
		return err
	}
	primary := l.redis
	defer func() { l.redis = replica }() // the lab closes that one; the primary is closed below
	for range 3 {
		if _, err := l.mix(ctx, 0); err != nil {
			return errors.Join(err, primary.close())
		}
	}
	err = l.ended(ctx, 20*time.Second)
	if err == nil {
		err = l.await(ctx, 20*time.Second, "the replica has all of it", func() bool {
			n, err := primary.client.Wait(ctx, 1, time.Second).Result()
			return err == nil && n == 1
		})
	}
	if err == nil {
		err = replica.do(ctx, "REPLICAOF", "NO", "ONE") // nobody sees it yet: it is as one that lags
	}
	if err == nil {
		err = l.doomed(ctx)
	}
	l.in.note("redis failover", primary.child.pid())
	err = errors.Join(err, primary.close())
	l.proxy.retarget(replica.addr)
	l.proxy.cut()
	return errors.Join(err, l.call(ctx, l.clary, "DELETE", "faults", nil, nil))
}
