package redis

import (
	"context"

	"github.com/petrelops/petrel/internal/store"
)

// Epoch stands in for the method of the store's contract until that is merged, which replaces this file: the run of the server that
// holds the keys, and a mark of its first call, which a flush takes away.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	const op = "store.epoch"
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	begun, run, err := s.epoch(ctx)
	if err != nil {
		if ended := store.Ended(ctx, op); ended != nil {
			return "", ended
		}
		return "", fault(op, s.where, err)
	}
	return begun + "-" + run, nil
}

func (s *Store) epoch(ctx context.Context) (begun, run string, err error) {
	server, err := s.server(ctx)
	if err != nil {
		return "", "", err
	}
	info, err := server.Info(ctx, "server").Result()
	if err != nil {
		return "", "", err
	}
	now, err := server.Time(ctx).Result()
	if err != nil {
		return "", "", err
	}
	if err := server.HSetNX(ctx, s.keys.meta, "epoch", now.UnixNano()).Err(); err != nil {
		return "", "", err
	}
	begun, err = server.HGet(ctx, s.keys.meta, "epoch").Result()
	return begun, parseInfo(info)["run_id"], err
}
