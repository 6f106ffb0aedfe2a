//go:build fault

package fault

import (
	"context"

	goredis "github.com/redis/go-redis/v9"

	"github.com/petrelops/petrel/internal/sim/chat"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// TranslateSlack says lines of Slack's ledger in the words of the harness's own chat.
func TranslateSlack(lines ...simslack.Line) []chat.Line {
	var list []chat.Line
	for _, line := range lines {
		list = append(list, translateSlack(line)...)
	}
	return list
}

// Hasty returns the calls that came before the end of a wait.
func Hasty(lines ...simslack.Line) (own []string, others int) { return hasty(lines) }

// TranslateDiscord does the same with Discord's ledger.
func TranslateDiscord(lines ...simdiscord.Line) []chat.Line {
	t := discordTranslator{posted: map[string]string{}, typed: map[string]bool{}}
	var list []chat.Line
	for _, line := range lines {
		list = append(list, t.translate(line)...)
	}
	return list
}

// The kinds of races that the tests play.
const (
	TwoClickers = twoClickers
	ClickSelf   = clickSelf
	ClickExpiry = clickExpiry
)

// QuestionKind is what people are asked.
type QuestionKind = questionKind

// The kinds of questions.
const (
	PairAsked  = pairAsked
	LateAsked  = lateAsked
	RiseAsked  = riseAsked
	GlassAsked = glassAsked
	AskAsked   = askAsked
)

// StrayKeys looks for keys that nothing would take away.
func StrayKeys(ctx context.Context, client *goredis.Client) ([]string, error) {
	return strayKeys(ctx, client)
}
