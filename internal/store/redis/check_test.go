package redis_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

func TestVersions(t *testing.T) {
	for version, good := range map[string]bool{"6.2.0": true, "7.0.15": true, "8.2": true, "6.0.16": false, "5.0.7": false, "": false, "new": false} {
		err := redis.CheckVersion(version)
		if good != (err == nil) {
			t.Errorf("version %q: %v", version, err)
		}
		if err != nil {
			sentence(t, err, bot.CodeUnsupported, "6.2")
		}
	}
}

func TestEvictionIsRefused(t *testing.T) {
	server := redistest.Start(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	_, err := redis.Open(t.Context(), redis.Options{Addrs: []string{server.Addr}})
	sentence(t, err, bot.CodeUnsupported, server.Addr, "allkeys-lru", "Set maxmemory-policy noeviction")
}

func TestNewerSchema(t *testing.T) {
	server := redistest.Start(t)
	o := redis.Options{URL: "redis://" + server.Addr + "/3", Prefix: "my-bot"}
	openStore(t, o)
	server.Do(t, "EVAL", "redis.call('SELECT', 3) return redis.call('HSET', KEYS[1], 'schema', 99)", 1, "{my-bot}::meta")
	_, err := redis.Open(t.Context(), o)
	sentence(t, err, bot.CodeUnsupported, "schema 99", "Start that version")
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		name    string
		args    []string
		prepare [][]any
		ahead   time.Duration // our clock before Redis's
		want    string        // in the log; nothing at all if empty
		user    string
	}{
		{name: "all is well"},
		{name: "no append-only file", args: []string{"--appendonly", "no"}, want: "keeps no append-only file"},
		{name: "written every second", args: []string{"--appendfsync", "everysec"}, want: "appendfsync=everysec"},
		{name: "clocks differ", ahead: 20 * time.Second, want: "redis_ahead_by=-"},
		{name: "clocks differ the other way", ahead: -20 * time.Second, want: "redis_ahead_by=2"},
		{
			name: "CONFIG is forbidden", user: "petrel", want: "does not tell how often",
			prepare: [][]any{{"ACL", "SETUSER", "petrel", "on", ">hunter2", "~{petrel}:*", "&{petrel}:*", "+@all", "-config"}},
		},
		{
			name: "INFO is forbidden", user: "petrel", want: "were not checked",
			prepare: [][]any{{"ACL", "SETUSER", "petrel", "on", ">hunter2", "~{petrel}:*", "&{petrel}:*", "+@all", "-info"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := redistest.Start(t, c.args...)
			for _, command := range c.prepare {
				server.Do(t, command...)
			}
			log, logged := logger()
			o := redis.Options{Addrs: []string{server.Addr}, Log: log, Clock: clock.NewFake(server.Time(t).Add(c.ahead))}
			if c.user != "" {
				o.Username, o.Password = c.user, "hunter2"
			}
			s := openStore(t, o)
			commit(t, s, thing(1))
			if got := logged.String(); !strings.Contains(got, c.want) || c.want == "" && got != "" || strings.Count(got, "\n") > 1 {
				t.Errorf("logged %q, want %q", got, c.want)
			}
		})
	}
}

func TestClocksTooFarApart(t *testing.T) {
	server := redistest.Start(t)
	for _, ahead := range []time.Duration{2 * time.Minute, -2 * time.Minute} {
		o := redis.Options{Addrs: []string{server.Addr}, Clock: clock.NewFake(server.Time(t).Add(ahead))}
		_, err := redis.Open(t.Context(), o)
		sentence(t, err, bot.CodeUnsupported, server.Addr, "differ by", "NTP")
	}
}

func TestWrongPassword(t *testing.T) {
	server := redistest.Start(t)
	server.Do(t, "ACL", "SETUSER", "petrel", "on", ">right", "~*", "&*", "+@all")
	_, err := redis.Open(t.Context(), redis.Options{URL: "redis://petrel:hunter2@" + server.Addr})
	sentence(t, err, bot.CodeUnavailable, server.Addr, "does not accept", "configuration")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the password is in %v", err)
	}
}

func TestOpenAfterTheEndOfTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := redis.Open(ctx, redis.Options{URL: "redis://127.0.0.1:1"})
	sentence(t, err, bot.CodeCanceled)
}
