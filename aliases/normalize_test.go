package aliases_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/aliases"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", `run "a b" on 'c'`, `run "a b" on 'c'`},
		{"double quotes", "deploy “api” to „prod‟", `deploy "api" to "prod"`},
		{"single quotes", "run ‘a b’ on ‚c‛", "run 'a b' on 'c'"},
		{"blanks that do not break", "run\u00a0date\u202fon\u2007h", "run date on h"},
		{"no width", "\ufeffrun\u200b da\u2060te\u200d", "run date"},
		{"line ends", "a\r\nb\rc\n", "a\nb\nc\n"},
		{"other letters stay", "grüße 世界 ‹x›", "grüße 世界 ‹x›"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := aliases.Normalize(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestNormalizeTwice: what is clean stays as it is.
func TestNormalizeTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := aliases.Normalize(rapid.String().Draw(t, "text"))
		if twice := aliases.Normalize(once); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}
