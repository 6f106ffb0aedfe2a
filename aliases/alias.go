package aliases

// Alias is one action alias as a pack declares it.
type Alias struct {
	Pack, Name, Description string
	Action                  string // pack.action
	Enabled                 bool
	Formats                 []Format
	Ack, Result             Answer
	Extra                   map[string]any
	Immutable               map[string]any // immutable_parameters; their templates are rendered by the executor
	Source                  string         // file:line, for messages
}

// Ref is pack.name, the alias's name among all packs.
func (a *Alias) Ref() string { return a.Pack + "." + a.Name }

// Format is one way to write an alias: what the help shows and what is matched.
type Format struct {
	Display         string
	Representations []string // tried in this order; without any, the format is shown and never matched
	Multiple        bool     // match_multiple: one execution for each match in the text
	Source          string   // file:line, for messages; empty means the alias's
}

// Shown is the text for help: the display, or else the first representation.
func (f Format) Shown() string {
	if f.Display != "" || len(f.Representations) == 0 {
		return f.Display
	}
	return f.Representations[0]
}

// Answer is the ack or the result of an alias: whether it is posted and how it is written.
type Answer struct {
	Enabled   bool
	Format    string // a template; empty means the built-in one
	Extra     map[string]any
	AppendURL bool // add a link to the execution
}

// Options are the caps of the compiler and the matcher. The zero value takes the defaults.
type Options struct {
	MaxFormat  int // bytes of one format; default 4,096
	MaxSize    int // instructions of one compiled format; default 2,000
	MaxRepeat  int // a count in {n,m}; default 1,000
	MaxText    int // bytes of one text; longer ones match nothing; default 262,144
	CacheBytes int // memory for the table of one long text; default 8 MiB
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		v *int
		n int
	}{
		{&o.MaxFormat, 4096},
		{&o.MaxSize, 2000},
		{&o.MaxRepeat, 1000},
		{&o.MaxText, 1 << 18},
		{&o.CacheBytes, 8 << 20},
	} {
		if *d.v <= 0 {
			*d.v = d.n
		}
	}
	return o
}

// Problem is a format that was refused. The others are not touched by it.
type Problem struct {
	Alias  string // pack.name
	Source string // file:line
	Format string
	Offset int    // the place in the format, in bytes
	Text   string // what is wrong there and a way to write it
}
