package clary

import (
	"context"
	"encoding/json"
	"errors"
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

// lookBack finds what became visible further back than each look begins. It is not told any more: what the event says has long been overtaken.
// One by one that would take a call for every id, so in point mode nobody looks.
func (s *sensor) lookBack(ctx context.Context, w bot.Watch, last int64) error {
	options := s.client.config.Events
	end := last - int64(options.Overlap)
	from := max(0, s.since, end-lookBackIDs)
	if options.Mode == "point" || from >= end {
		return nil
	}
	list, err := s.client.eventsAfter(ctx, from, int(end-from))
	if _, gone := errors.AsType[purged](err); gone {
		return nil // what is purged is not looked for
	}
	if err != nil {
		return err
	}
	var late []int64
	for _, e := range list {
		if e.id <= end && !s.told[e.id] {
			s.told[e.id] = true
			late = append(late, e.id)
		}
	}
	if len(late) > 0 {
		w.Missed(ctx, len(late), fmt.Sprintf("Clary showed events %d to %d too late: %d of them were not told. Look at the nodes themselves, and set clary.events.overlap, which is %d, to %d or more.",
			late[0], late[len(late)-1], len(late), options.Overlap, last-late[0]+1))
	}
	return nil
}
