package sqlite

import (
	"errors"
	"log/slog"
	"path/filepath"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

// Options say where the file is and what the store works with.
type Options struct {
	// Dir is the data folder. It is made, for its owner alone, where it is missing.
	Dir string
	// Clock is the clock of the machine if nil. See Steady for clocks whose wall time can be set.
	Clock clock.Clock
	// Random names the wake-up socket and a new file's epoch; the operating system's source if nil.
	Random random.Source
	// Log gets what an operator should know; nothing is logged if nil.
	Log *slog.Logger
}

// settled returns the options with their defaults, and the folder as an absolute path.
func (o Options) settled() (Options, error) {
	if o.Dir == "" {
		return o, bot.E(bot.CodeInvalid, opOpen, "Name the folder in which Petrel keeps its data.", errors.New("Options.Dir is empty"))
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, bot.E(bot.CodeUnavailable, opOpen, "Petrel cannot tell where the data folder "+o.Dir+" is. Give its full path.", err)
	}
	o.Dir = dir
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Random == nil {
		o.Random = random.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}
