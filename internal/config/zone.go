package config

import (
	"time"
	_ "time/tzdata" // a machine may have no zones of its own
)

// Zone is the name of a time zone, such as Europe/Berlin.
type Zone string

// valid reports whether there is such a zone. Local is none: it would be another one on each machine.
func (z Zone) valid() bool {
	_, err := time.LoadLocation(string(z))
	return err == nil && z != "Local"
}

// Location returns the zone; UTC for one that there is not, which Load refuses.
func (z Zone) Location() *time.Location {
	if at, err := time.LoadLocation(string(z)); err == nil {
		return at
	}
	return time.UTC
}
