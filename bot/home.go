package bot

import "context"

// Home is what there is for a person to see and to do, for a platform that has a page of one's own.
type Home struct {
	Commands []HomeCommand // what the person may run, as help lists it
	Recent   []Execution   // the person's own, newest first
	Waiting  []Inquiry     // what waits for an answer that the person may give
}

// HomeCommand is a line that can be typed.
type HomeCommand struct {
	Line string // up to its first value
	Help string
}

// Host knows what there is for whoever writes from the origin. A Receiver may be one.
type Host interface {
	Home(ctx context.Context, o Origin) (Home, error)
}
