package identity

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/petrelops/petrel/bot"
)

// ParseAccount reads an account as bot.Origin.Account writes it: adapter:user or adapter:workspace/user. CodeInvalid says what is wrong.
func ParseAccount(text string) (bot.Origin, error) {
	refuse := func(why string) (bot.Origin, error) {
		return bot.Origin{}, bot.E(bot.CodeInvalid, "identity.account.parse", fmt.Sprintf("%q is no account: %s.", text, why), nil)
	}
	adapter, rest, ok := strings.Cut(text, ":")
	workspace, user, two := strings.Cut(rest, "/")
	if !two {
		workspace, user = "", rest
	}
	switch {
	case !ok:
		return refuse("write the platform first, as in slack:T012/U345, console:ann or shell:ann")
	case strings.ContainsAny(text, "*?[") || strings.ContainsFunc(text, isOdd):
		return refuse("write one account without blanks and patterns")
	case adapter == "" || user == "" || two && workspace == "" || strings.Contains(user, "/"):
		return refuse("write slack:T012/U345, with the workspace before the user, or console:ann where there are no workspaces")
	case adapter == "slack" && !two:
		return refuse("on Slack a user id says little without its workspace; write slack:T012/U345")
	case adapter == emailAdapter && (two || Mailbox(user) != user):
		return refuse("write email:ann@example.com, in lower case")
	}
	return bot.Origin{Adapter: adapter, Workspace: workspace, User: user}, nil
}

// Place returns where a message to a channel goes that is named from somewhere: a channel of the same place, with or without its leading #, or
// one that is told in full as accounts are, as in slack:T012/C345.
func Place(here bot.Origin, channel string) bot.Origin {
	channel = strings.TrimPrefix(channel, "#")
	at := bot.Origin{Adapter: here.Adapter, Workspace: here.Workspace, Channel: channel}
	if full, err := ParseAccount(channel); err == nil {
		at = bot.Origin{Adapter: full.Adapter, Workspace: full.Workspace, Channel: full.User}
	}
	return at
}

// emailAdapter begins the account of an e-mail address. No adapter has that name: nobody writes from there.
const emailAdapter = "email"

// Mailbox returns an e-mail address in the one spelling in which it is compared, or nothing where it is none that can be compared safely.
// Letters outside of ASCII are refused: some become other letters when they are made small.
func Mailbox(address string) string {
	name, host, ok := strings.Cut(address, "@")
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`@/:*?[]<>"\\`, r) }
	if !ok || name == "" || host == "" || strings.ContainsFunc(name, odd) || strings.ContainsFunc(host, odd) {
		return ""
	}
	return strings.ToLower(address)
}

func isOdd(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// account is what a person is found by. The parts are kept apart, because the user T1/U2 of a platform without workspaces is nobody of the
// workspace T1.
type account struct{ adapter, workspace, user string }

func accountOf(o bot.Origin) account { return account{o.Adapter, o.Workspace, o.User} }

// mailboxOf is the account of the address that the platform vouches for. Where there is none it is nobody's.
func mailboxOf(o bot.Origin) account { return account{adapter: emailAdapter, user: Mailbox(o.Email)} }
