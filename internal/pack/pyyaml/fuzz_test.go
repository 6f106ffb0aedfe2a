package pyyaml_test

import (
	"encoding/json"
	"testing"

	"github.com/petrelops/petrel/internal/pack/pyyaml"
)

// FuzzRead feeds any bytes: Read must neither panic nor return a value that JSON cannot hold.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"name: x\nparameters:\n  a: {type: string, default: yes}\n", "a: &x {<<: *x}\nb: [*x, 012, 1:30, .5]\n", "? [a]\n: !!int x\n--- b", "\xff\xfe", "%YAML 1.1\n---\n|\n a\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, faults := pyyaml.Read(data)
		if n == nil {
			if len(faults) == 0 {
				t.Error("no value and no fault")
			}
			return
		}
		if _, err := json.Marshal(n.Any()); err != nil {
			t.Error(err)
		}
	})
}
