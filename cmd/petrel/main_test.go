package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the expected outputs of the stories anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"petrel": main})
}

// TestStories runs what the README and the docs promise, as a person would type it.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"clary":   startClaryFor,
			"expand":  expand,
			"capture": capture,
			"later":   later,
			"slack":   chatFor(slackStory()),
			"discord": chatFor(discordStory()),
		},
	})
}
