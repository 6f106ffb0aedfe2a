package aliases_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs, -update writes it anew:\n%s", path, diff)
	}
}

// catalog is a small set of commands as people have them.
func catalog() []*aliases.Alias {
	drain := command("clary.drain")
	drain.Formats = []aliases.Format{{Display: "drain node NODE [because REASON]", Representations: []string{"drain node {{node}}( because {{reason=none}})?"}}}
	return []*aliases.Alias{
		drain,
		command("clary.nodes", "cluster node list {{cluster=main}}"),
		command("clary.status", "cluster status"),
		command("core.run", "(run|execute) {{cmd}} on {{hosts}}"),
		command("core.uptime", "uptime of {{host}}"),
		command("nova.list", "openstack server list"),
		command("nova.resize", "openstack server resize {{server}} to {{flavor}}"),
		command("pack.get", "pack get {{pack}}"),
		command("secret.dump", "cluster secret list"),
	}
}

// TestSuggest pins what a person reads after a near miss.
func TestSuggest(t *testing.T) {
	index := compile(t, catalog())
	visible := func(a *aliases.Alias) bool { return a.Pack != "secret" }
	var b strings.Builder
	for _, text := range []string{
		"clustr node list", "cluster node lsit", "node cluster list", "cluster list", "cluster secret lst",
		"Pack Get", "pack gett aws", "openstack server resize web-7", "openstack server web-7 resize to big",
		"openstak servr lst", "run uptime hosts", "exceute date on web1", "drain nde web-7 because disk", "uptime web1",
		"cluster status now", "make tea", "", strings.Repeat("x ", 5000), "clüster status",
	} {
		fmt.Fprintf(&b, "%.60s\n", text)
		for _, s := range index.Suggest(text, visible, 3) {
			fmt.Fprintf(&b, "    %s: %s\n", s.Shown, s.Why)
		}
	}
	golden(t, "suggest.golden", b.String())
}

// TestSuggestHides: nothing that the person may not see is named.
func TestSuggestHides(t *testing.T) {
	index := compile(t, catalog())
	if got := index.Suggest("cluster secret lst", nil, 3); len(got) == 0 || got[0].Alias.Ref() != "secret.dump" {
		t.Errorf("got %+v, want secret.dump first", got)
	}
	if got := index.Suggest("cluster secret lst", func(a *aliases.Alias) bool { return false }, 3); len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
	if got := index.Suggest("cluster node lst", nil, 0); len(got) != 0 {
		t.Errorf("got %+v, want none of none", got)
	}
}

// BenchmarkSuggest looks for near misses among a thousand aliases.
func BenchmarkSuggest(b *testing.B) {
	index := compile(b, shapes(1000))
	for _, text := range []string{"cluster nod set105 drained on web-1", "svc160 restrat api in us", "execute jbo33 uptime on web", "cluster node set1x a on b"} {
		b.Run(strings.ReplaceAll(text, " ", "_"), func(b *testing.B) {
			measure(b, func(int) {
				if len(index.Suggest(text, nil, 3)) == 0 {
					b.Fatal("no suggestion")
				}
			})
		})
	}
}
