package console

import "github.com/reeflective/readline"

// OpenHistory lets the tests read and write a history file without a terminal.
func OpenHistory(path string) (readline.History, error) { return openHistory(path) }

// MaxHistory is how many lines a history file keeps.
const MaxHistory = maxHistory
