package chat

import (
	"time"
)

// Message is a line in a channel.
type Message struct {
	ID      string    `json:"id"`
	Channel string    `json:"channel"`
	Thread  string    `json:"thread,omitempty"`
	User    string    `json:"user,omitempty"`
	Text    string    `json:"text"`
	Time    time.Time `json:"time"`
	// Delivery is the id under which a message of a person is delivered.
	Delivery string   `json:"delivery,omitempty"`
	Marks    []string `json:"marks,omitempty"`

	// What follows is set for messages of the bot.
	Bot    bool   `json:"bot,omitempty"`
	To     string `json:"to,omitempty"`
	Key    string `json:"key,omitempty"`
	Files  []File `json:"files,omitempty"`
	Result        // what the bot says about the execution behind it
}

// File is an attachment.
type File struct {
	Name    string `json:"name"`
	Content []byte `json:"content"`
}

// Result is what a message of the bot tells programs.
type Result struct {
	Execution string `json:"execution,omitempty"`
	Status    string `json:"status,omitempty"`
	Final     bool   `json:"final,omitempty"`
}

// edit is what may be changed of a message.
type edit struct {
	Text  string `json:"text"`
	Files []File `json:"files"`
	Result
}

// post is a new message of the bot.
type post struct {
	Channel string `json:"channel"`
	Thread  string `json:"thread"`
	To      string `json:"to"`
	Key     string `json:"key"`
	edit
}
