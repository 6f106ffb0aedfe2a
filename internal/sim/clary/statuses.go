package clary

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/petrelops/petrel/bot"
)

// Graph maps each status to the statuses that can follow it, in the order in which the server names them.
type Graph map[string][]string

// ExampleGraph returns the graph of our notes. It is invented: the real names are not public.
func ExampleGraph() Graph {
	return Graph{
		"production":     {"draining", "failed"},
		"draining":       {"drained", "production"},
		"drained":        {"maintenance", "production"},
		"maintenance":    {"validation", "failed"},
		"validation":     {"production", "maintenance"},
		"failed":         {"maintenance"},
		"spare":          {"validation"},
		"decommissioned": {},
	}
}

func (g Graph) clone() Graph {
	c := make(Graph, len(g))
	for status, next := range g {
		c[status] = append([]string{}, next...) // never nil: a terminal status has the list []
	}
	return c
}

func (g Graph) validate() error {
	var faults []error
	for _, status := range slices.Sorted(maps.Keys(g)) {
		if status == "" {
			faults = append(faults, errors.New("a status has no name"))
		}
		for _, next := range g[status] {
			if _, ok := g[next]; !ok {
				faults = append(faults, fmt.Errorf("status %q leads to %q, which is not in the graph", status, next))
			}
		}
	}
	return errors.Join(faults...)
}

// SetGraph replaces the transitions. The new graph may add a status but not lose one, because nodes may be in it.
func (s *Server) SetGraph(g Graph) error {
	faults := []error{g.validate()}
	for _, status := range slices.Sorted(maps.Keys(*s.graph.Load())) {
		if _, ok := g[status]; !ok {
			faults = append(faults, fmt.Errorf("status %q is missing", status))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return bot.E(bot.CodeInvalid, "simclary.graph.set", "The graph is wrong", err)
	}
	g = g.clone()
	s.graph.Store(&g)
	return nil
}

// next returns what can follow status, and whether there is such a status.
func (s *Server) next(status string) ([]string, bool) {
	next, ok := (*s.graph.Load())[status]
	return next, ok
}

func (s *Server) getNext(r *http.Request, _ *call) answer {
	status := r.PathValue("status")
	next, ok := s.next(status)
	if !ok {
		return fail(http.StatusNotFound, "unknown_status", "there is no status "+status)
	}
	return reply(http.StatusOK, struct {
		Status string   `json:"status"`
		Next   []string `json:"next"`
	}{status, next})
}
