package app

import (
	"io/fs"
	"os"
	"path"

	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/packtest"
	"github.com/petrelops/petrel/packs"
)

// examples returns a line that can be typed for each alias whose pack tests one, by alias ref. Tests are kept right by make check, so
// help may show what is in them.
func (a *App) examples(set *pack.Set, folders []string) map[string]string {
	lines := map[string]string{}
	add := func(p *pack.Pack, fsys fs.FS, label string) {
		files, err := packtest.Read(fsys, label)
		if err != nil {
			a.log.Warn("a pack's tests cannot be read, so help has no examples of it", "op", "app.content.examples", "place", label, "err", err)
		}
		for _, f := range files {
			if len(f.Match) > 0 {
				lines[p.Name+"."+f.Alias] = f.Match[0].Text
			}
		}
	}
	for _, p := range set.Packs() {
		dir := path.Dir(p.Source)
		if sub, err := fs.Sub(packs.FS, path.Base(dir)); err == nil && path.Dir(dir) == builtInLabel {
			add(p, sub, dir)
		}
	}
	for _, folder := range folders {
		for _, p := range set.Packs() {
			if path.Dir(p.Source) == path.Clean(folder) {
				add(p, os.DirFS(folder), folder)
			}
		}
	}
	return lines
}
