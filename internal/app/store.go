package app

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/seal"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// keyFile is the name of the key file in the data folder.
const keyFile = "petrel.key"

// onRedis reports whether several machines may share the store.
func onRedis(c config.Config) bool { return c.Store.Driver == "redis" }

// openStore opens the store that the configuration names.
func openStore(ctx context.Context, o Options) (store.Store, error) {
	if !onRedis(o.Config) {
		return sqlite.Open(ctx, sqlite.Options{Dir: o.Config.Data, Log: o.Log})
	}
	r := o.Config.Store.Redis
	password, err := r.Password.Resolve()
	if err != nil {
		return nil, err
	}
	sentinelPassword, err := r.SentinelPassword.Resolve()
	if err != nil {
		return nil, err
	}
	options := redis.Options{
		Addrs: r.Addresses, Cluster: r.Cluster, MasterName: r.Master, Username: r.Username, Password: password,
		SentinelUsername: r.SentinelUsername, SentinelPassword: sentinelPassword, DB: r.Database, Prefix: r.Prefix, Log: o.Log,
	}
	if r.TLS {
		options.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return redis.Open(ctx, options)
}

// openKey opens the key file, in a data folder that is made where the store has none.
func openKey(c config.Config) (*seal.Key, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, bot.E(bot.CodeUnavailable, "app.key.open", "The data folder "+c.Data+" cannot be made. Name another one, or make it yourself.", err)
	}
	if c.KeyFile != "" {
		return seal.OpenKey(c.KeyFile)
	}
	return seal.OpenKey(filepath.Join(c.Data, keyFile))
}

// LockDaemon makes this process the one daemon of the data folder. On Redis there may be many, and nothing is locked. CodeConflict
// names the process that has the lock.
func LockDaemon(c config.Config) (release func() error, err error) {
	if onRedis(c) {
		return func() error { return nil }, nil
	}
	return sqlite.TryDaemon(c.Data)
}

// WorkedElsewhere reports whether a daemon does the work, so that a shell need only follow. On Redis that is always so: the daemons are
// on other machines.
func WorkedElsewhere(c config.Config) (bool, error) {
	if onRedis(c) {
		return true, nil
	}
	return sqlite.DaemonAlive(c.Data)
}
