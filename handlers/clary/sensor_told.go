package clary

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// transitions returns the payloads of the changes of status, by id, and how many events cannot be read.
func (s *sensor) transitions(list []event) (found map[int64]map[string]any, broken int) {
	found = map[int64]map[string]any{}
	names := s.client.config.Fields
	for _, e := range list {
		kind := e.fields.optional("type")
		host, status := e.fields.optional(names.Hostname), e.fields.optional(names.Status)
		switch {
		case kind == "":
			broken++
		case kind != "transition":
		case host == "" || !plausible(status):
			broken++
		default:
			payload := map[string]any{
				"hostname": host, "status": status, "reason": e.fields.optional(names.Reason),
				"id": e.id, "previous": e.fields.optional("previous"), "user": e.fields.optional(names.User), "date": e.fields.optional("date"),
				"own": e.fields.optional(names.User) == s.client.config.User,
			}
			var impacting bool
			payload["impacting"] = json.Unmarshal(e.fields[names.Impacting], &impacting) == nil && impacting
			found[e.id] = payload
		}
	}
	return found, broken
}

// digest sums up the transitions of one poll.
func (s *sensor) digest(list []event, transitions map[int64]map[string]any) bot.Event {
	counts := map[string]int{}
	for _, t := range transitions {
		counts[fmt.Sprintf("%s→%s", t["previous"], t["status"])]++
	}
	kinds := make([]string, 0, len(counts))
	for kind := range counts {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		parts[i] = fmt.Sprintf("%d %s", counts[kind], kind)
	}
	when := "at once"
	if s.away {
		when = "while offline"
	}
	from, to := list[0].id, list[len(list)-1].id
	return bot.Event{Trigger: TriggerDigest, Key: fmt.Sprintf("%d-%d", from, to), Payload: map[string]any{
		"count": len(transitions), "from": from, "to": to, "text": fmt.Sprintf("%d transitions %s: %s", len(transitions), when, strings.Join(parts, ", ")),
	}}
}
