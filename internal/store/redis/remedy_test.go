package redis_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store/redis"
)

// answer is an error in the words of a server.
type answer string

func (a answer) Error() string { return string(a) }
func (answer) RedisError()     {}

func TestRemedies(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{answer("READONLY You can't write against a read only replica. script: 5f, on @user_script:1."), "is a replica. Try again when the failover is over"},
		{answer("ERR Error running script (call to f_5f): @user_script:14: @user_script: 14: -READONLY You can't write against a read only replica."), "is a replica"},
		{answer("OOM command not allowed when used memory > 'maxmemory'."), "no memory left"},
		{answer("LOADING Redis is loading the dataset in memory"), "loading its data. Try again"},
		{answer("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."), "cannot write to its disk"},
		{answer("NOREPLICAS Not enough good replicas to write."), "fewer replicas"},
		{answer("CLUSTERDOWN The cluster is down"), "is not complete. Look at redis-cli cluster info"},
		{answer("MOVED 3999 127.0.0.1:6381"), "to another node. Try again"},
		{answer("NOAUTH Authentication required."), "asks for a password. Set the user name"},
		{answer("WRONGPASS invalid username-password pair or user is disabled."), "does not accept the user name"},
		{answer("NOPERM this user has no permissions to run the 'evalsha' command"), "does not let Petrel's user"},
		{answer("ERR max number of clients reached"), "one more client"},
		{answer("BUSY Redis is busy running a script."), "busy with a script"},
		{answer("ERR something new"), "look at the log, then try again"},
		{errors.New("EOF"), "cannot reach"},
	} {
		got := redis.Remedy("Redis at db:6379", c.err)
		if !strings.Contains(got, c.want) || !strings.Contains(got, "Redis at db:6379") || !strings.HasSuffix(got, ".") {
			t.Errorf("%v: %q does not say %q", c.err, got, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		name string
		o    redis.Options
		want string
	}{
		{"no address", redis.Options{}, "Name the Redis server"},
		{"no URL", redis.Options{URL: "http://user:hunter2@db"}, "cannot be read"},
		{"a prefix that ends the hash tag", redis.Options{URL: "redis://db", Prefix: "a}b"}, "prefix"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := redis.Open(t.Context(), c.o)
			sentence(t, err, bot.CodeInvalid, c.want)
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}
