//go:build fault

package fault

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
)

// doors are the addresses at which a simulator in the harness is reached.
type doors struct {
	handler http.Handler
	ledger  *os.File
	servers []*http.Server
	group   errgroup.Group
	// address is one that is always there, for people and their browsers.
	address string
	// through, when there is one, stands between every process and the simulator.
	through *proxy
}

// open opens another address.
func (d *doors) open(ctx context.Context) (string, error) {
	if d.through != nil {
		return d.through.addr(), nil
	}
	return d.listen(ctx)
}

func (d *doors) listen(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: d.handler, ReadHeaderTimeout: 10 * time.Second}
	d.servers = append(d.servers, server)
	d.group.Go(func() error { return server.Serve(l) })
	return l.Addr().String(), nil
}

// half puts a path between the processes and the simulator that can be broken in one direction.
func (d *doors) half(ctx context.Context, l *lab) error {
	var err error
	d.through, err = startProxy(ctx, d.address, l.clock)
	return err
}

// shut closes every address and the ledger. The simulator has ended before.
func (d *doors) shut() error {
	if d.through != nil {
		d.through.close()
	}
	for _, s := range d.servers {
		_ = s.Close() // it only ends connections
	}
	if err := d.group.Wait(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return d.ledger.Close()
}
