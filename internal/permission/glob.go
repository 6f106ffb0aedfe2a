package permission

import (
	"path"
	"strings"
)

// glob is a name in which * stands for any text and ? for one character.
type glob struct {
	text    string
	literal bool
}

// plain takes the place of slashes, which path.Match would not let * cross.
const slash, plain = "/", "\x1f"

// newGlob reads a glob; ok is false when it is none.
func newGlob(text string) (g glob, ok bool) {
	_, err := path.Match(text, "")
	return glob{strings.ReplaceAll(text, slash, plain), !strings.ContainsAny(text, `*?[\`)}, err == nil && text != ""
}

// match reports whether the glob covers the whole name.
func (g glob) match(name string) bool {
	name = strings.ReplaceAll(name, slash, plain)
	if g.literal || g.text == "*" {
		return g.text == name || !g.literal
	}
	ok, err := path.Match(g.text, name)
	return err == nil && ok
}

// globs are alternatives.
type globs []glob

func (list globs) match(name string) bool {
	for _, g := range list {
		if g.match(name) {
			return true
		}
	}
	return false
}

// some reports whether one of the names is covered.
func (list globs) some(names []string) bool {
	for _, name := range names {
		if list.match(name) {
			return true
		}
	}
	return false
}
