package bot

// Reply is one message of the bot. An execution has one living reply: it is posted once and then edited until the
// execution has ended.
type Reply struct {
	Execution string  `json:"execution,omitempty"`
	Action    string  `json:"action,omitempty"`
	Status    Status  `json:"status,omitempty"` // empty for an answer that belongs to no execution
	Title     string  `json:"title,omitempty"`  // one line: what it is about and how it stands
	Blocks    []Block `json:"blocks,omitempty"`
	Private   bool    `json:"private,omitempty"` // only for the sender, where the platform can
	Problem   bool    `json:"problem,omitempty"` // the answer is a refusal or a failure
	// Extra is what the alias wants of a platform, under the platform's name. An adapter takes what it knows of it.
	Extra map[string]any `json:"extra,omitempty"`
}

// Final reports whether the reply will not change any more.
func (r Reply) Final() bool { return r.Status == "" || r.Status.Ended() }

// Posting is a reply on its way to a place.
type Posting struct {
	// Key names the posting for ever: an adapter uses it to recognise a message that it has already posted.
	Key    string `json:"key"`
	Origin Origin `json:"origin"`
	Reply  Reply  `json:"reply"`
}

// Problem returns the private reply for a refused or mistyped message.
func Problem(title string, blocks ...Block) Reply {
	return Reply{Title: title, Blocks: blocks, Private: true, Problem: true}
}
