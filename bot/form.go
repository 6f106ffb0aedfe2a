package bot

import "context"

// Form asks a person for the values that a line lacks. An adapter that can show it does so for an Answer that carries one. What is filled in
// comes back as a Message whose Text is Command and whose Values are what was filled in; who submits it is checked like who types.
type Form struct {
	Title   string
	Text    string // what it is for
	Command string // the line that the values complete
	Submit  string // the word on the button
	Fields  []FormField
}

// FormField is one value that a form asks for.
type FormField struct {
	Name     string // its name in Message.Values
	Label    string
	Help     string
	Type     string   // as Param.Type
	Format   string   // as in its JSON Schema, such as date; empty mostly
	Default  string   // what stands in it beforehand; never a secret
	Options  []string // the only values that it takes; empty when there are others
	Required bool
	Secret   bool
	Live     bool // a Suggester knows values, or those of Options
}

// Offer is a command for platforms whose people choose commands rather than type them. What is chosen comes back as a Message with the Alias.
type Offer struct {
	Alias  string   // pack.name
	Words  []string // what it is typed with, up to its first value; it may have none
	Help   string
	Fields []FormField
}

// Typing is somebody who types into the field of a form or of an Offer.
type Typing struct {
	Origin
	Command string // the line that the form completes; empty for an offer
	Alias   string // of the offer
	Field   string
	Prefix  string
	Limit   int // of values that can be shown
}

// Suggester offers values that begin with the prefix, for a field that has Live. A Receiver may be one.
type Suggester interface {
	Suggest(ctx context.Context, t Typing) []string
}
