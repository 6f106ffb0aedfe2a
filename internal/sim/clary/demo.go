package clary

import "fmt"

// DemoNodes returns the sixty nodes irene4000 to irene4059 of the demo: the first forty in production, then a few in every
// other status of ExampleGraph. It is the same at each call.
func DemoNodes() map[string]string {
	nodes := make(map[string]string, 60)
	host := 4000
	for _, group := range []struct {
		status string
		count  int
	}{
		{"production", 40},
		{"draining", 4},
		{"drained", 3},
		{"maintenance", 4},
		{"validation", 2},
		{"failed", 3},
		{"spare", 3},
		{"decommissioned", 1},
	} {
		for range group.count {
			nodes[fmt.Sprintf("irene%d", host)] = group.status
			host++
		}
	}
	return nodes
}
