package chat

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sensor"
)

// Watchers tells of what is watched.
type Watchers interface {
	States(ctx context.Context) ([]sensor.State, error)
}

// sensors tells how each sensor is.
func (d *Desk) sensors(ctx context.Context, _ *visit, _ map[string]any) (bot.Answer, error) {
	list, err := d.watchers.States(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	return said(SensorReply(list))
}

// SensorReply shows sensors: when each was polled, what it saw, and what is wrong with it.
func SensorReply(list []sensor.State) bot.Reply {
	if len(list) == 0 {
		return bot.Reply{Title: "Nothing is watched here. Sensors come with packs, and need what they watch to be configured."}
	}
	rows := make([][]string, len(list))
	var blocks []bot.Block
	for i, s := range list {
		state := "well"
		switch {
		case s.Polled.IsZero():
			state = "not polled yet"
		case s.Failures > 0:
			state = fmt.Sprintf("failed %d times", s.Failures)
		}
		rows[i] = []string{s.Ref, state, moment(s.Polled), moment(s.Next), fmt.Sprint(s.Events), moment(s.Last)}
		if s.Error != "" {
			blocks = append(blocks, bot.TextBlock(s.Ref+": "+s.Error))
		}
		if s.Warning != "" {
			blocks = append(blocks, bot.TextBlock(fmt.Sprintf("%s warned at %s: %s", s.Ref, moment(s.Warned), s.Warning)))
		}
	}
	table := bot.TableBlock([]string{"sensor", "state", "last poll", "next poll", "events", "last event"}, rows)
	return bot.Reply{Blocks: append([]bot.Block{table}, blocks...)}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(timeLayout)
}
