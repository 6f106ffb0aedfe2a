package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/packtest"
	"github.com/petrelops/petrel/packs"
)

func newPack() *cobra.Command {
	cmd := &cobra.Command{Use: "pack", Short: "Test packs"}
	test := &cobra.Command{
		Use:   "test [DIR…]",
		Short: "Run the *_test.yaml files beside the aliases of packs; without DIR those of the built-in ones",
		Long: `Run the *_test.yaml files beside the aliases of packs; without DIR those of the built-in ones. Every pack is tested together with all the others,
so that a text that another alias takes away is found. Nothing is executed and no network is needed.`,
	}
	read := packsFlag(test)
	test.RunE = func(cmd *cobra.Command, args []string) error {
		set, err := read(args...)
		if err != nil {
			return err
		}
		sources, err := testSources(args)
		if err != nil {
			return err
		}
		return testPacks(cmd, set, sources)
	}
	cmd.AddCommand(test)
	return cmd
}

// source is a pack folder with the name that its messages begin with.
type source struct {
	fsys  fs.FS
	label string
}

// testSources returns the folders, or the built-in packs when there are none.
func testSources(folders []string) ([]source, error) {
	var list []source
	for _, dir := range folders {
		list = append(list, source{os.DirFS(dir), dir})
	}
	if len(list) > 0 {
		return list, nil
	}
	names, err := fs.Glob(packs.FS, "*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		sub, err := fs.Sub(packs.FS, name)
		if err != nil {
			return nil, err
		}
		list = append(list, source{sub, "packs/" + name})
	}
	return list, nil
}

func testPacks(cmd *cobra.Command, set *pack.Set, sources []source) error {
	index, problems := aliases.Compile(set.Aliases(), aliases.Options{})
	for _, p := range problems {
		fmt.Fprintln(cmd.ErrOrStderr(), refused(p))
	}
	texts, failed := 0, 0
	for _, s := range sources {
		files, err := packtest.Read(s.fsys, s.label)
		if err != nil {
			return err
		}
		p := packOf(set, s.label)
		if p == nil {
			return bot.E(bot.CodeNotFound, "cmd.pack.test", s.label+" is no pack that could be read. Look at the messages above.", nil)
		}
		for _, f := range files {
			texts += len(f.Match) + len(f.NoMatch)
		}
		for _, f := range (packtest.Suite{Pack: p.Name, Index: index, Action: set.Action}).Run(files) {
			failed++
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", f.Source, f.Text)
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d texts, %d failed.\n", texts, failed)
	if failed > 0 {
		return errFailed
	}
	return nil
}

// packOf finds the pack that was read from a folder.
func packOf(set *pack.Set, folder string) *pack.Pack {
	for _, p := range set.Packs() {
		if filepath.Dir(filepath.Clean(p.Source)) == filepath.Clean(folder) {
			return p
		}
	}
	return nil
}
