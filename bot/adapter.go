package bot

import "context"

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
	// Edit replaces the content of a message that Post returned the reference of.
	Edit(ctx context.Context, ref string, p Posting) error
}
