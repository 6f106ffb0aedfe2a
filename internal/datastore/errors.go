package datastore

import (
	"strings"

	"github.com/petrelops/petrel/bot"
)

func notFound(op string, k Key) error {
	return bot.E(bot.CodeNotFound, op, "There is no "+k.String()+". Look at what there is with key list.", nil)
}

func conflict(op string, k Key, cause error) error {
	return bot.E(bot.CodeConflict, op, "Someone else changed the "+k.String()+" at the same moment. Look at it with key get and try again.", cause)
}

// reading says which key could not be read; the store says why and what to do.
func reading(op string, k Key, err error) error {
	return bot.E(bot.ErrorCode(err), op, sentences("The "+k.String()+" could not be read.", bot.ErrorText(err)), err)
}

// writing says what is known of a key after a write that went wrong. After a lost answer that is nothing.
func writing(op string, k Key, err error) error {
	switch code := bot.ErrorCode(err); code {
	case bot.CodeConflict:
		return conflict(op, k, err)
	case bot.CodeUnavailable:
		return bot.E(code, op, sentences("Whether the "+k.String()+" was changed is not known.", bot.ErrorText(err), "Look at it with key get before you do it again."), err)
	default:
		return bot.E(code, op, sentences("The "+k.String()+" was not changed.", bot.ErrorText(err)), err)
	}
}

func sentences(list ...string) string { return strings.TrimSpace(strings.Join(list, " ")) }
