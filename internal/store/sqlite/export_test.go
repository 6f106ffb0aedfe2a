package sqlite

import "context"

// InTurn runs f in the writer's transaction, as a commit would be. All calls in one transaction get the same turn.
func (s *Store) InTurn(ctx context.Context, f func(turn any, exec func(query string) error) error) error {
	return s.writer.do(ctx, opCommit, func(ctx context.Context, t *turn) error {
		return f(t, func(query string) error {
			_, err := s.writer.conn.ExecContext(ctx, query)
			return err
		})
	})
}

// Pragma returns a setting of the writer's connection.
func (s *Store) Pragma(ctx context.Context, name string) (value string, err error) {
	err = s.writer.do(ctx, opCommit, func(ctx context.Context, _ *turn) error {
		return s.writer.conn.QueryRowContext(ctx, `PRAGMA `+name).Scan(&value)
	})
	return value, err
}

// Path returns the path of the database.
func (s *Store) Path() string { return s.path }

var (
	Pack   = pack
	Unpack = unpack
)
