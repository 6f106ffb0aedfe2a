package bot

import (
	"context"
	"time"
)

// Receiver takes messages. Receive returns only after an accepted command is durable, so the adapter may acknowledge the
// platform then and not before. An error means that the message was not accepted.
type Receiver interface {
	Receive(ctx context.Context, m Message) (Answer, error)
}

// Adapter joins one chat platform to the bot.
type Adapter interface {
	// Name is the adapter's word in origins and accounts, such as console.
	Name() string
	// Run reads messages and hands them to r until ctx ends or the platform is gone for good.
	Run(ctx context.Context, r Receiver) error
	// Post shows a new message and returns the platform's reference to it.
	Post(ctx context.Context, p Posting) (ref string, err error)
	// Edit replaces the content of a message that Post returned the reference of. CodeHeld: the adapter keeps it back for as long as the error
	// says, so that the platform is not stormed; whoever comes back then brings the newest content. A final reply may be tried at once.
	Edit(ctx context.Context, ref string, p Posting) error
}

// Linked is an adapter that knows whether it hears its platform.
type Linked interface {
	// Link returns how the way from the platform to the bot stands now. It asks nobody and returns at once.
	Link() LinkState
}

// LinkState is how the way from a platform to the bot stands.
type LinkState struct {
	// Deaf is since when the platform may have said something that did not come; the zero time while everything comes.
	Deaf time.Time
	// Where names the part of the platform that is not heard, such as a workspace; empty is all of it.
	Where string
}
