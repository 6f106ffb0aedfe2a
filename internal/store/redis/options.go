package redis

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// Options say where Redis is and what the store works with.
type Options struct {
	// URL names one server, as redis://user:password@host:port/db, or with rediss:// for TLS. It replaces Addrs, Username,
	// Password and DB.
	URL string
	// Addrs are host:port of one server, of some nodes of a Cluster, or of the Sentinels if MasterName is set.
	Addrs []string
	// Cluster says that a single address is a node of a Cluster. Several addresses always are.
	Cluster bool
	// MasterName is the name under which the Sentinels know the primary.
	MasterName string
	// Username and Password are those of Redis. The Sentinels have their own, if any.
	Username, Password                 string
	SentinelUsername, SentinelPassword string
	// DB is the number of the database. A Cluster has only 0.
	DB int
	// TLS is used if it is set.
	TLS *tls.Config
	// Prefix begins every key: letters, digits, dot, dash and underscore; "petrel" if empty. Stores with different prefixes
	// are apart.
	Prefix string
	// Clock is what the server's time is compared with at the start; the clock of the machine if nil.
	Clock clock.Clock
	// Log gets what an operator should know; nothing is logged if nil.
	Log *slog.Logger
}

const (
	// callLimit is how long one call may take in all, so that a person hears within 2.5 s that Redis does not answer.
	callLimit = 2 * time.Second
	// dialLimit leaves time to say so.
	dialLimit = time.Second
	// poolSize is how many calls may be under way at once. Redis writes what waits to its disk together, so more of them cost
	// little; connections are made when they are needed first.
	poolSize = 64
	// bufferSize keeps that many connections from holding much memory, in bytes.
	bufferSize = 8 << 10
)

var goodPrefix = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// settled returns the options with their defaults.
func (o Options) settled() (Options, error) {
	if err := o.readURL(); err != nil {
		// The cause may hold the password, so it is not kept.
		return o, invalid("The address of Redis cannot be read. Write it as redis://user:password@host:port/db.", errors.New("Options.URL is no Redis address"))
	}
	if len(o.Addrs) == 0 {
		return o, invalid("Name the Redis server in which Petrel keeps its data, as redis://host:port.", errors.New("Options has no address"))
	}
	if o.Prefix == "" {
		o.Prefix = "petrel"
	}
	if !goodPrefix.MatchString(o.Prefix) {
		return o, invalid("The prefix of Petrel's Redis keys may hold letters, digits, dots, dashes and underscores only. Choose another one.", errors.New("Options.Prefix is "+o.Prefix))
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func (o *Options) readURL() error {
	if o.URL == "" {
		return nil
	}
	u, err := goredis.ParseURL(o.URL)
	if err != nil {
		return err
	}
	o.Addrs, o.Username, o.Password, o.DB = []string{u.Addr}, u.Username, u.Password, u.DB
	if o.TLS == nil {
		o.TLS = u.TLSConfig
	}
	return nil
}

// client returns the client. It retries nothing by itself: a write whose answer was lost may have been applied.
func (o Options) client() goredis.UniversalClient {
	return goredis.NewUniversalClient(&goredis.UniversalOptions{
		Addrs:                    o.Addrs,
		IsClusterMode:            o.Cluster,
		MasterName:               o.MasterName,
		Username:                 o.Username,
		Password:                 o.Password,
		SentinelUsername:         o.SentinelUsername,
		SentinelPassword:         o.SentinelPassword,
		DB:                       o.DB,
		TLSConfig:                o.TLS,
		MaxRetries:               -1,
		DialerRetries:            1,
		DialTimeout:              dialLimit,
		ReadTimeout:              callLimit,
		WriteTimeout:             callLimit,
		PoolTimeout:              callLimit,
		PoolSize:                 poolSize,
		ReadBufferSize:           bufferSize,
		WriteBufferSize:          bufferSize,
		ContextTimeoutEnabled:    true,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

// where names Redis for people.
func (o Options) where() string {
	name := "Redis at "
	switch {
	case o.MasterName != "":
		name = "Redis " + o.MasterName + " behind the Sentinels at "
	case o.Cluster || len(o.Addrs) > 1:
		name = "the Redis Cluster at "
	}
	return name + strings.Join(o.Addrs, ", ")
}

func invalid(text string, cause error) error { return bot.E(bot.CodeInvalid, opOpen, text, cause) }
