package aliases

import (
	"cmp"
	"errors"
	"slices"
	"sync"

	"github.com/petrelops/petrel/aliases/internal/syntax"
)

// Index is a set of aliases, ready to be matched. It is immutable, and several goroutines may use it.
type Index struct {
	options   Options
	aliases   []*Alias // enabled ones, ordered by ref
	entries   []*entry
	automaton *automaton
	scratch   sync.Pool // of *indexScratch
	near      *near
}

// entry is one representation that can match.
type entry struct {
	*format
	program    *program
	alias      *Alias
	formatNo   int
	repNo      int
	multiple   bool
	positionNo int // order of the aliases' refs, then as written
}

type indexScratch struct {
	scratch
	simulation simulation
}

// Compile builds an index. A format that cannot be taken is set aside alone and reported; disabled aliases are left out, but
// their formats are checked as well.
func Compile(list []*Alias, o Options) (*Index, []Problem) {
	x := &Index{options: o.withDefaults()}
	var problems []Problem
	for _, a := range sortAliases(list) {
		entries, bad := parseAlias(a, x.options)
		problems = append(problems, bad...)
		if a.Enabled {
			x.aliases = append(x.aliases, a)
			x.entries = append(x.entries, entries...)
		}
	}
	x.build()
	return x, problems
}

// sortAliases puts aliases in an order that does not depend on how they were loaded.
func sortAliases(list []*Alias) []*Alias {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b *Alias) int {
		return cmp.Or(cmp.Compare(a.Pack, b.Pack), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Source, b.Source))
	})
	return sorted
}

// parseAlias parses the representations of one alias.
func parseAlias(a *Alias, o Options) (entries []*entry, problems []Problem) {
	for i, f := range a.Formats {
		for j, text := range f.Representations {
			parsed, err := parse(text, o)
			if flaw, ok := errors.AsType[*syntax.Fault](err); ok {
				problems = append(problems, Problem{
					Alias: a.Ref(), Source: cmp.Or(f.Source, a.Source), Format: text, Offset: flaw.At, Text: flaw.Text,
				})
				continue
			}
			entries = append(entries, &entry{
				format: parsed, alias: a, formatNo: i, repNo: j, multiple: f.Multiple,
			})
		}
	}
	return entries, problems
}

// build compiles the entries over one alphabet: each for itself, to read the values, and all together, to find who matches.
func (x *Index) build() {
	sets := newSetNumbers()
	for _, s := range []syntax.Set{syntax.Space, syntax.Any} {
		sets.of(lookSet{set: s})
	}
	sets.of(lookSet{edge: true})
	parts := 0
	for _, e := range x.entries {
		parts += len(syntax.Parts(e.Tree))
	}
	t := newTrie(parts / 2)
	for i, e := range x.entries {
		e.positionNo = i
		sets.tree(e.Tree)
		t.add(e.format, int32(i))
	}
	alphabet := sets.build()
	l := &linker{alphabet: alphabet}
	for _, e := range x.entries {
		e.program = e.format.compile(l)
	}
	x.automaton = t.compile(alphabet)
	x.near = newNear(x.entries)
	alphabet.sets = nil
	for _, e := range x.entries {
		e.Tree, e.Rest = nil, nil
	}
}

// borrow takes the memory for one matching; give returns it.
func (x *Index) borrow() *indexScratch {
	s, _ := x.scratch.Get().(*indexScratch)
	if s == nil {
		s = &indexScratch{}
	}
	s.reach.limit = x.options.CacheBytes
	return s
}

func (x *Index) give(s *indexScratch) {
	if s.small() {
		x.scratch.Put(s)
	}
}

// Defaults returns the values that the first representation of an alias has where nothing is typed. The map is the caller's.
func (x *Index) Defaults(a *Alias) map[string]string {
	values := map[string]string{}
	for _, e := range x.entries {
		if e.alias != a {
			continue
		}
		for _, p := range e.Values {
			if p.Optional {
				values[p.Name] = p.Default
			}
		}
		break
	}
	return values
}
