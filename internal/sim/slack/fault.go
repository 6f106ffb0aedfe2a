package slack

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/petrelops/petrel/internal/sim/script"
)

// Inject adds a rule for calls of the Web API and returns its id.
func (s *Server) Inject(f script.Fault) (int, error) {
	if f.Effect == script.EffectError {
		body, _ := json.Marshal(answer{"ok": false, "error": f.Error}) // it is a text
		f.Body = string(body)
	}
	return s.faults.Inject(f, append(slices.Sorted(maps.Keys(s.api)), uploadStep))
}

// Faults returns every rule since the last ClearFaults.
func (s *Server) Faults() []script.FaultState { return s.faults.List() }

// ClearFaults forgets the rules and lets every held call go.
func (s *Server) ClearFaults() { s.faults.Clear() }
