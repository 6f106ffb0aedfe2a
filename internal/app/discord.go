package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/store"
)

// addDiscord joins Discord where the configuration names a token. It calls nobody.
func (a *App) addDiscord(o Options, s store.Store) error {
	if o.Config.Adapters.Discord.Token == "" {
		return nil
	}
	if o.Config.Adapters.Discord.PublicKey != "" && o.Config.HTTP.Listen == "" {
		return bot.E(bot.CodeInvalid, "app.discord.add", "adapters.discord.public_key has Discord post interactions to the bot, and http.listen is empty. Name the address at which they are taken.", nil)
	}
	packs, err := a.nativePacks(o.Config.Adapters.Discord.NativePacks)
	if err != nil {
		return err
	}
	d, err := newDiscord(o.Config.Adapters.Discord, discord.Options{
		Packs: packs, Memory: DiscordMemory{s}, Seat: DiscordSeat{Store: s, Clock: clock.System(), Log: o.Log}, Complete: a.completeDiscord, Log: o.Log,
	})
	if err != nil {
		return err
	}
	a.chats = append(a.chats, d)
	return nil
}

// nativePacks returns what the packs that have commands of their own offer.
func (a *App) nativePacks(names []string) ([]discord.Pack, error) {
	var list []discord.Pack
	for _, name := range names {
		offers := a.Content().Offers(name)
		if len(offers) == 0 {
			var known []string
			of := ""
			for _, alias := range a.Content().Listed {
				known = append(known, alias.Pack)
				if alias.Pack == name {
					of = alias.Action
				}
			}
			why := "there is no such pack with aliases" + spell.Hint(name, known)
			if of != "" {
				why = "none of its aliases can be run here. To see why: petrel action get " + of
			}
			return nil, bot.E(bot.CodeInvalid, "app.discord.packs", "adapters.discord.native_packs names "+name+", and "+why, nil)
		}
		list = append(list, discord.Pack{Name: name, Offers: offers})
	}
	return list, nil
}

// NewDiscord returns the adapter that the configuration describes, with its token read. It shares nothing with other processes, and knows no
// more of packs than their names.
func NewDiscord(c config.Discord, log *slog.Logger) (*discord.Adapter, error) {
	o := discord.Options{Log: log}
	for _, name := range c.NativePacks {
		o.Packs = append(o.Packs, discord.Pack{Name: name})
	}
	return newDiscord(c, o)
}

func newDiscord(c config.Discord, o discord.Options) (*discord.Adapter, error) {
	var err error
	if o.Token, err = c.Token.Resolve(); err != nil {
		return nil, err
	}
	o.URL, o.Command, o.Prefix, o.Content = c.APIURL, c.Command, c.Prefix, c.MessageContent
	o.Threads, o.PublicKey = c.Threads, c.PublicKey
	o.Clock, o.Random = clock.System(), random.System()
	return discord.New(o)
}

// completeDiscord offers what can be typed next.
func (a *App) completeDiscord(ctx context.Context, o bot.Origin, line string) []discord.Choice {
	var list []discord.Choice
	for _, c := range a.Desk.Complete(ctx, o, line) {
		list = append(list, discord.Choice{Word: c.Word, Help: c.Help})
	}
	return list
}

// kindDiscord is of the records that the processes share for Discord.
const kindDiscord = "discord"

// DiscordMemory is the memory of the Discord adapter in the store.
type DiscordMemory struct{ Store store.Records }

// Load implements discord.Memory.
func (m DiscordMemory) Load(ctx context.Context, name string) (data []byte, version int64, err error) {
	r, err := m.Store.Get(ctx, store.Key{Kind: kindDiscord, ID: name})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return nil, 0, nil
	}
	return r.Data, int64(r.Version), err
}

// Save implements discord.Memory.
func (m DiscordMemory) Save(ctx context.Context, s discord.Saved) error {
	return m.Store.Commit(ctx, store.Batch{Puts: []store.Put{{
		Key: store.Key{Kind: kindDiscord, ID: s.Name}, Data: s.Data, If: store.Version(s.Version), TTL: s.For,
	}}})
}

const (
	// seatLease is how long a seat outlives its holder, seatRenew how often it is renewed. Who cannot renew it gives up a second early.
	seatLease = 6 * time.Second
	seatRenew = 2 * time.Second
	seatTrust = seatLease - time.Second
)

// DiscordSeat is the right to hold Discord's gateway, as a record that ends by itself when its holder does.
type DiscordSeat struct {
	Store store.Records
	Clock clock.Clock
	Log   *slog.Logger
}

func (s DiscordSeat) key() store.Key { return store.Key{Kind: kindDiscord, ID: "seat"} }

// Hold implements discord.Seat.
func (s DiscordSeat) Hold(ctx context.Context, work func(ctx context.Context) error) error {
	for {
		err := s.take(ctx, store.Absent)
		if err == nil {
			err = s.sit(ctx, work)
		}
		if err != nil && bot.ErrorCode(err) != bot.CodeConflict && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "the seat at Discord's gateway was lost; trying again", "op", "app.seat.hold", "code", bot.ErrorCode(err), "err", err)
		}
		if clock.Wait(ctx, s.Clock, seatRenew) != nil {
			return nil //nolint:nilerr // the end of ctx is how this ends
		}
	}
}

func (s DiscordSeat) take(ctx context.Context, version store.Version) error {
	return s.Store.Commit(ctx, store.Batch{Puts: []store.Put{{Key: s.key(), Data: []byte(`{}`), If: version, TTL: seatLease}}})
}

// sit works and renews the seat meanwhile. The seat is given back at the end, so that another need not wait for it.
func (s DiscordSeat) sit(ctx context.Context, work func(ctx context.Context) error) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- work(working) }() // it is waited for below
	version, until := store.Version(1), s.Clock.Now().Add(seatTrust)
	for {
		timer := s.Clock.NewTimer(seatRenew)
		select {
		case err := <-ended:
			timer.Stop()
			leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), seatRenew)
			defer cancel()
			gone := s.Store.Commit(leaving, store.Batch{Deletes: []store.Delete{{Key: s.key(), If: version}}})
			return errors.Join(err, gone)
		case <-timer.C():
		}
		began := s.Clock.Now()
		renewing, cancel := context.WithTimeout(ctx, seatRenew)
		err := s.take(renewing, version)
		cancel()
		if err == nil {
			version, until = version+1, began.Add(seatTrust)
		} else if bot.ErrorCode(err) == bot.CodeConflict || !s.Clock.Now().Before(until.Add(-seatRenew)) {
			stop()
		}
	}
}
