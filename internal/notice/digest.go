package notice

import (
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/target"
)

// Digest is one message that sums up many notes.
type Digest struct {
	ID      string        `json:"id"` // of its first note
	Rule    string        `json:"rule"`
	Origin  bot.Origin    `json:"origin"`
	Why     string        `json:"why,omitempty"`    // why it was held back; empty where it was only too much
	Window  time.Duration `json:"window,omitempty"` // how long after the last note it is over
	Since   time.Time     `json:"since"`            // when the first note came
	Last    time.Time     `json:"last"`
	Count   int           `json:"count"`
	Kinds   []Kind        `json:"kinds,omitempty"`
	Names   int           `json:"names,omitempty"`  // how many names the kinds hold
	Shown   time.Time     `json:"shown,omitzero"`   // when the message was written last
	Behind  bool          `json:"behind,omitempty"` // the message does not say yet what is here
	Over    bool          `json:"over,omitempty"`   // it does not grow any more
	Buttons []Button      `json:"buttons,omitempty"`

	Acknowledged *Acknowledged `json:"acknowledged,omitempty"`
}

// Kind is how many notes of one kind there are, and what they are about.
type Kind struct {
	Name  string   `json:"name"`
	Count int      `json:"count"`
	About []string `json:"about,omitempty"` // sorted, each once
	More  bool     `json:"more,omitempty"`  // there are others that found no room
}

const (
	// maxKinds and maxNames bound a digest, however much it sums up. What finds no room is counted all the same.
	maxKinds = 20
	maxNames = 4096
	// maxLife is how long a digest grows. After that the next one begins.
	maxLife = time.Hour
	// ShowEvery is how often the message of a growing digest is written at the most.
	ShowEvery = 5 * time.Second
	// others is the kind of what is of more kinds than a digest tells apart.
	others = "others"
)

// NewDigest returns the digest that a note begins.
func NewDigest(n Note, why string, now time.Time) *Digest {
	return &Digest{ID: n.ID, Rule: n.Rule, Origin: n.Origin, Why: why, Window: n.Group.window(), Since: now, Buttons: digestButtons(n)}
}

// Add counts a note.
func (d *Digest) Add(n Note, now time.Time) {
	d.Count++
	d.Last, d.Behind = now, true
	if d.Rule != n.Rule {
		d.Rule = "" // several
	}
	k := d.kind(n.Kind)
	k.Count++
	if n.About == "" {
		return
	}
	names, err := target.Expand(n.About, nil)
	if err != nil {
		names = []string{n.About}
	}
	for _, name := range names {
		at, known := slices.BinarySearch(k.About, name)
		switch {
		case known:
		case d.Names >= maxNames:
			k.More = true
		default:
			k.About = slices.Insert(k.About, at, name)
			d.Names++
		}
	}
}

func (d *Digest) kind(name string) *Kind {
	for i := range d.Kinds {
		if d.Kinds[i].Name == name {
			return &d.Kinds[i]
		}
	}
	switch {
	case len(d.Kinds) < maxKinds:
		d.Kinds = append(d.Kinds, Kind{Name: name})
	case len(d.Kinds) == maxKinds:
		d.Kinds = append(d.Kinds, Kind{Name: others})
	}
	return &d.Kinds[len(d.Kinds)-1]
}

// Due returns when something is to be done about a digest that grows: its message is to be written, or it is over.
func (d *Digest) Due() time.Time {
	end := d.end()
	if d.Behind && d.Shown.Add(ShowEvery).Before(end) {
		return d.Shown.Add(ShowEvery)
	}
	return end
}

// end is when it is over.
func (d *Digest) end() time.Time {
	end := d.Last.Add(d.Window)
	if oldest := d.Since.Add(maxLife); oldest.Before(end) {
		return oldest
	}
	return end
}

// Look marks the digest as over where it is, and reports whether its message is to be written now.
func (d *Digest) Look(now time.Time) bool {
	if !d.Over && !now.Before(d.end()) {
		d.Over, d.Behind = true, true
	}
	if !d.Behind || !d.Over && now.Before(d.Shown.Add(ShowEvery)) {
		return false
	}
	d.Shown, d.Behind = now, false
	return true
}
