package redis

import (
	"context"
	"errors"
	"fmt"
	"os"

	goredis "github.com/redis/go-redis/v9"

	"github.com/petrelops/petrel/internal/store"
)

// read runs a script that changes nothing. It ends with ctx.
func (s *Store) read(ctx context.Context, op string, script *goredis.Script, p *params) ([]any, error) {
	answer, err := s.call(ctx, op, script, p)
	if err != nil {
		if ended := store.Ended(ctx, op); ended != nil {
			return nil, ended
		}
		return nil, fault(op, s.where, err)
	}
	return answer, nil
}

// write runs a script that changes something. Once it is on its way, only callLimit ends the wait for its outcome.
func (s *Store) write(ctx context.Context, op string, script *goredis.Script, p *params) ([]any, error) {
	if err := store.Ended(ctx, op); err != nil {
		return nil, err
	}
	answer, err := s.call(context.WithoutCancel(ctx), op, script, p)
	return answer, fault(op, s.where, err)
}

// call sends a script to the server. An answer that is one number comes as a list of it.
func (s *Store) call(ctx context.Context, op string, script *goredis.Script, p *params) ([]any, error) {
	if s.closed.Load() {
		return nil, store.Closed(op)
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	server, err := s.server(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := script.Run(ctx, server, p.keys, p.args...).Result()
	if err != nil {
		s.lookAgain(ctx)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			<-ctx.Done() // the connection has the deadline of ctx, and may see it a moment earlier
		}
		if errors.Is(err, goredis.ErrClosed) {
			return nil, store.Closed(op)
		}
		return nil, err
	}
	return s.heard(answer)
}

// heard takes the store's time off what a script answered.
func (s *Store) heard(answer any) ([]any, error) {
	parts, _ := answer.([]any)
	if len(parts) != 2 {
		return nil, fmt.Errorf("a script answered %T of %d parts", answer, len(parts))
	}
	s.time.hear(number(parts, 0))
	switch a := parts[1].(type) {
	case []any:
		return a, nil
	case int64:
		return []any{a}, nil
	default:
		return nil, fmt.Errorf("a script answered %T", a)
	}
}

// server returns what scripts are sent to: in a Cluster the primary of our slot itself, because the client of a whole Cluster
// sends a write a second time when its answer is lost.
func (s *Store) server(ctx context.Context) (goredis.Cmdable, error) {
	if c, ok := s.client.(*goredis.ClusterClient); ok {
		return c.MasterForKey(ctx, s.keys.meta)
	}
	return s.client, nil
}

// lookAgain makes the client of a Cluster find out, beside the next calls, who the primary is now.
func (s *Store) lookAgain(ctx context.Context) {
	if c, ok := s.client.(*goredis.ClusterClient); ok {
		c.ReloadState(ctx)
	}
}

// number returns a number of an answer.
func number(answer []any, i int) int64 {
	n, _ := answer[i].(int64) // the scripts are ours: another type cannot be
	return n
}

func text(answer []any, i int) string {
	t, _ := answer[i].(string)
	return t
}
