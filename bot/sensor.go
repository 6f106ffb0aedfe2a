package bot

import "context"

// Event is something that happened in a system that is watched.
type Event struct {
	Trigger string         `json:"trigger"` // the ref of its trigger, such as clary.node.state
	Key     string         `json:"key"`     // names it among the events of its trigger for ever: told again, it is the same event
	Payload map[string]any `json:"payload"`
}

// Sensor watches one system. Of all replicas one polls at a time.
type Sensor interface {
	// Poll tells of what happened since the last time. After an error it is called again later, and later still after the next.
	Poll(ctx context.Context, w Watch) error
}

// Watch is what a sensor tells and remembers through.
type Watch interface {
	// Cursor returns what Advance kept last, in whichever process; "" when there is nothing.
	Cursor(ctx context.Context) (string, error)
	// Emit hands over an event. It is durable when Emit returns nil.
	Emit(ctx context.Context, e Event) error
	// Advance keeps how far the sensor has come. CodeConflict: the cursor is not from any more, because another process moved it.
	Advance(ctx context.Context, from, to string) error
	// Warn tells whoever runs Petrel of something that needs a person.
	Warn(ctx context.Context, text string)
	// Missed counts events that are not told any more, and warns.
	Missed(ctx context.Context, events int, text string)
}
