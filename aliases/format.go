package aliases

import "github.com/petrelops/petrel/aliases/internal/syntax"

// Rank says how exact a format is. Of several formats that match a text, the one with the highest rank wins.
type Rank = syntax.Rank

// format is one parsed representation.
type format struct{ *syntax.Format }

func parse(text string, o Options) (*format, error) {
	f, err := syntax.Parse(text, syntax.Limits{MaxFormat: o.MaxFormat, MaxSize: o.MaxSize, MaxRepeat: o.MaxRepeat})
	if err != nil {
		return nil, err
	}
	return &format{f}, nil
}
