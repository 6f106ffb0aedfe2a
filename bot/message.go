package bot

// Origin is where a message came from and where its answer belongs.
type Origin struct {
	Adapter   string `json:"adapter"`             // console, slack, discord, shell
	Workspace string `json:"workspace,omitempty"` // team or guild id; empty where the platform has none
	Channel   string `json:"channel,omitempty"`
	Thread    string `json:"thread,omitempty"` // the thread of the question, where the platform has threads
	User      string `json:"user"`             // the platform's id of the sender, never a display name
	// Email is the address that the platform vouches for as the sender's, in lower case. Adapters alone set it, from what the platform says
	// and never from what somebody writes; empty is none.
	Email string `json:"email,omitempty"`
}

// Account returns the chat account of the sender as adapter:user, or adapter:workspace/user where there are workspaces.
func (o Origin) Account() string {
	if o.Workspace == "" {
		return o.Adapter + ":" + o.User
	}
	return o.Adapter + ":" + o.Workspace + "/" + o.User
}

// Message is a line that a person wrote.
type Message struct {
	Origin
	// Delivery is the platform's id of this delivery. The same id delivered again is the same command.
	Delivery string
	// Text is the line after the adapter's decoder cleaned it.
	Text string
	// Alias is set where a command was chosen out of an Offer: its pack.name. Values are its parameters then, and Text only shows people what
	// was chosen.
	Alias string `json:",omitempty"`
	// Values are what was filled into a form that completes Text; nil for a line that was typed.
	Values map[string]string `json:",omitempty"`
}

// DedupeKey names the delivery among all adapters.
func (m Message) DedupeKey() string {
	return m.Adapter + "/" + m.Workspace + "/" + m.Delivery
}

// Answer is what the bot says at once to a message. Execution is set when the message was accepted as work, or lets work go on; what
// comes of it then follows through the outbox. Reply is said at once; without an execution it is the whole answer.
type Answer struct {
	Execution string
	Reply     *Reply
	// Form asks for what the line lacks, where the platform can show one. Reply says the same in words.
	Form *Form
	// Faults are complaints about fields of the form that was submitted, by their names. Reply has them all.
	Faults map[string]string
}
