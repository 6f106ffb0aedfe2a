package aliases

import (
	"errors"
	"fmt"
	"sync"

	"github.com/petrelops/petrel/aliases/internal/syntax"
	"github.com/petrelops/petrel/bot"
)

// Params are the values of one execution. A nil value is a named part of the format that took no part in the match: None in
// StackStorm, null in JSON.
type Params map[string]*string

// maxKept is how many compiled formats a Parser keeps.
const maxKept = 1024

// Parser matches texts against single formats, as `petrel alias match --format` does. It keeps the formats compiled last, at
// most 1,024. The zero value is ready, and several goroutines may use it.
type Parser struct {
	Options Options

	scratch sync.Pool
	mu      sync.Mutex // guards kept
	kept    map[string]*compiled
}

// compiled is a format with an automaton of its own.
type compiled struct {
	*format
	alphabet *alphabet
	program  *program
}

func compileAlone(text string, o Options) (*compiled, error) {
	f, err := parse(text, o)
	if err != nil {
		return nil, err
	}
	sets := newSetNumbers()
	sets.of(lookSet{set: syntax.Space})
	sets.tree(f.Tree)
	a := sets.build()
	return &compiled{f, a, f.compile(&linker{alphabet: a})}, nil
}

// Parse matches a text against one format and returns what it yields: one element, or with multiple one for each match, which
// may be none. A text that does not fit is an error with code not_found; a format that is refused has code invalid.
func (p *Parser) Parse(format, text string, multiple bool) ([]Params, error) {
	const where = "alias.format.parse"
	o := p.Options.withDefaults()
	c, err := p.compiled(format, o)
	if err != nil {
		return nil, refused(where, format, err)
	}
	if len(text) > o.MaxText {
		return nil, bot.E(bot.CodeInvalid, where, fmt.Sprintf("The text is longer than %d bytes. Send less at once.", o.MaxText), nil)
	}
	s, _ := p.scratch.Get().(*scratch)
	if s == nil {
		s = &scratch{}
	}
	s.reach.limit = o.CacheBytes
	m := newMessage(text)
	s.input.load(c.alphabet, m.text)
	out := []Params{}
	ok := c.extract(c.program, m, s, func() put {
		v := make(Params, len(c.Values)+len(m.pairs))
		out = append(out, v)
		return func(name, value string, set bool) {
			v[name] = nil
			if set {
				v[name] = &value
			}
		}
	}, multiple)
	if s.small() {
		p.scratch.Put(s)
	}
	if !ok {
		return nil, bot.E(bot.CodeNotFound, where, "The text does not fit this format.", nil)
	}
	return out, nil
}

// refused turns a fault into the error for people.
func refused(where, format string, err error) error {
	f, ok := errors.AsType[*syntax.Fault](err)
	if !ok {
		return bot.E(bot.CodeInternal, where, "", err)
	}
	return bot.E(bot.CodeInvalid, where, fmt.Sprintf("The format %q is wrong at byte %d. %s", format, f.At, f.Text), nil)
}

func (p *Parser) compiled(format string, o Options) (*compiled, error) {
	p.mu.Lock()
	c := p.kept[format]
	p.mu.Unlock()
	if c != nil {
		return c, nil
	}
	c, err := compileAlone(format, o)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil || len(p.kept) >= maxKept {
		p.kept = make(map[string]*compiled)
	}
	p.kept[format] = c
	return c, nil
}

// ParseFormat is Parse of a new Parser: for one text.
func ParseFormat(format, text string, multiple bool) ([]Params, error) {
	return new(Parser).Parse(format, text, multiple)
}
