package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// The scripts use nothing that is newer than 6.2, and 6.2 is the first whose ACLs know channels.
	oldestMajor, oldestMinor = 6, 2
	// skewWarn and skewLimit are differences between Redis's clock and ours.
	skewWarn  = 5 * time.Second
	skewLimit = time.Minute
)

// check looks whether this Redis is fit, and logs what an operator should know of it.
func (s *Store) check(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	server, err := s.server(ctx)
	if err != nil {
		return err
	}
	if err := s.checkSkew(ctx, server, o); err != nil {
		return err
	}
	info, err := server.Info(ctx).Result()
	if forbidden(err) {
		o.Log.Warn("Redis lets this user not ask INFO: version, persistence and eviction were not checked, and Petrel will not see that Redis restarted", "cause", err)
		return nil
	}
	if err != nil {
		return err
	}
	facts := parseInfo(info)
	if err := s.checkVersion(facts["redis_version"]); err != nil {
		return err
	}
	if policy := facts["maxmemory_policy"]; policy != "" && policy != "noeviction" {
		return unfit(fmt.Sprintf("%s may throw keys away (maxmemory-policy %s), and with them commands that Petrel has accepted. Set maxmemory-policy noeviction, then start Petrel again.", s.where, policy))
	}
	return checkDurable(ctx, server, facts, o.Log)
}

// checkSkew compares the clocks: deadlines are reckoned in Redis's time, and what people and targets are told in ours.
func (s *Store) checkSkew(ctx context.Context, server goredis.Cmdable, o Options) error {
	before := o.Clock.Now()
	there, err := server.Time(ctx).Result()
	if err != nil {
		return err
	}
	after := o.Clock.Now()
	skew := there.Sub(before.Add(after.Sub(before) / 2)).Round(time.Millisecond)
	switch {
	case skew.Abs() > skewLimit:
		return unfit(fmt.Sprintf("The clock of this machine and the clock of %s differ by %s. Set both by NTP, then start Petrel again.", s.where, skew.Abs()))
	case skew.Abs() > skewWarn:
		o.Log.Warn("the clock of Redis and the clock of this machine differ", "redis_ahead_by", skew)
	}
	return nil
}

func (s *Store) checkVersion(version string) error {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return unfit(fmt.Sprintf("%s does not tell its version in a form that Petrel knows (%q). Use Redis %d.%d or newer.", s.where, version, oldestMajor, oldestMinor))
	}
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return unfit(fmt.Sprintf("%s is version %s. Petrel needs %d.%d or newer: upgrade it, then start Petrel again.", s.where, version, oldestMajor, oldestMinor))
	}
	return nil
}

// checkDurable logs what a crash of Redis may lose.
func checkDurable(ctx context.Context, server goredis.Cmdable, facts map[string]string, log *slog.Logger) error {
	if facts["aof_enabled"] != "1" {
		log.Warn("Redis keeps no append-only file: a crash loses all since its last snapshot; set appendonly yes and appendfsync always")
		return nil
	}
	config, err := server.ConfigGet(ctx, "appendfsync").Result()
	if answered, ok := errors.AsType[goredis.Error](err); ok {
		log.Warn("Redis does not tell how often it writes its append-only file to disk; see that it is always", "cause", answered)
		return nil
	}
	if err != nil {
		return err
	}
	if fsync := config["appendfsync"]; fsync != "always" {
		log.Warn("Redis may lose what it has confirmed last when it crashes; set appendfsync always", "appendfsync", fsync)
	}
	return nil
}

// forbidden reports whether an ACL or a managed service keeps us from a command.
func forbidden(err error) bool {
	answered, ok := errors.AsType[goredis.Error](err)
	return ok && (strings.HasPrefix(answered.Error(), "NOPERM") || strings.HasPrefix(answered.Error(), "ERR unknown command"))
}

// parseInfo reads the lines of INFO.
func parseInfo(info string) map[string]string {
	facts := make(map[string]string)
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			facts[name] = value
		}
	}
	return facts
}
