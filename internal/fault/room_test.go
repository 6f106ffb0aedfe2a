//go:build fault

package fault_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/fault"
	"github.com/petrelops/petrel/internal/sim/chat"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

func slackCall(second int, method, via string) simslack.Line {
	return simslack.Line{Time: at(second), Kind: simslack.LinePost, Method: method, Via: via}
}

const execution = "65f1a2b3c4d5e6f708192a3b"

// seen is a line without what every line has.
type seen struct {
	Kind                               chat.LineKind
	Message, Thread, Key, Status, Mark string
	Final                              bool
}

func short(list []chat.Line) []seen {
	var all []seen
	for _, l := range list {
		s := seen{Kind: l.Kind, Key: l.Key, Status: l.Status, Mark: l.Mark, Final: l.Final}
		if l.Kind == chat.LinePost || l.Kind == chat.LineEdit {
			s.Thread = l.Thread
		} else {
			s.Message = l.Message
		}
		all = append(all, s)
	}
	return all
}

func TestTranslateSlack(t *testing.T) {
	got := fault.TranslateSlack(
		simslack.Line{Kind: simslack.LineSaid, Channel: "C1", TS: "1.1"},
		simslack.Line{Kind: simslack.LineDelivery, Type: "events_api", Event: "app_mention", Channel: "C1", TS: "1.1", Attempt: 1},
		simslack.Line{Kind: simslack.LineDelivery, Type: "events_api", Event: "message", Channel: "C1", TS: "1.1", Attempt: 1},
		simslack.Line{Kind: simslack.LineAck, Type: "events_api", Event: "message", Channel: "C1", TS: "1.1"},
		simslack.Line{Kind: simslack.LineAck, Type: "events_api", Event: "app_mention", Channel: "C1", TS: "1.1"},
		simslack.Line{Kind: simslack.LineReaction, Channel: "C1", TS: "1.1", Text: "white_check_mark"},
		simslack.Line{Kind: simslack.LinePost, Channel: "C1", Thread: "1.1", TS: "1.2", Key: execution, Text: ":hourglass: running  core.echo"},
		simslack.Line{Kind: simslack.LineUpdate, Channel: "C1", Thread: "1.1", TS: "1.2", Key: execution, Text: ":x: failed  core.echo"},
		simslack.Line{Kind: simslack.LinePost, Channel: "C1", Thread: "1.1", TS: "1.3", Key: "C1/1.1/refused", Text: "not now"},
		simslack.Line{Kind: simslack.LineEphemeral, Channel: "C1", Thread: "1.1", TS: "1.4", Text: "help"},
		simslack.Line{Kind: simslack.LineDelivery, Type: "slash_commands", Channel: "C1", Delivery: "t1", Attempt: 1},
		simslack.Line{Kind: simslack.LineSocket, Code: "open"},
	)
	want := []seen{
		{Kind: chat.LineSaid, Message: "C1/1.1"},
		{Kind: chat.LineDelivery, Message: "C1/1.1"},
		{Kind: chat.LineAck, Message: "C1/1.1"},
		{Kind: chat.LineMark, Message: "C1/1.1", Mark: "white_check_mark"},
		{Kind: chat.LinePost, Thread: "C1/1.1", Key: execution, Status: "running"},
		{Kind: chat.LineEdit, Thread: "C1/1.1", Key: execution, Status: "failed", Final: true},
		{Kind: chat.LinePost, Thread: "C1/1.1", Key: "refused/C1/1.1"},
		{Kind: chat.LinePost, Thread: "C1/1.1", Key: "private/1.4"},
		{Kind: chat.LineSaid, Message: "t1"},
		{Kind: chat.LineDelivery, Message: "t1"},
	}
	if diff := cmp.Diff(want, short(got)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestTranslateDiscord(t *testing.T) {
	got := fault.TranslateDiscord(
		simdiscord.Line{Kind: simdiscord.LineSaid, Message: "1"},
		simdiscord.Line{Kind: simdiscord.LineDelivery, Delivery: "1", Type: "MESSAGE_CREATE"},
		simdiscord.Line{Kind: simdiscord.LineDelivery, Delivery: "1", Type: "MESSAGE_CREATE", Code: "nobody listened"},
		simdiscord.Line{Kind: simdiscord.LineReaction, Message: "1", Text: "👀"},
		simdiscord.Line{Kind: simdiscord.LinePost, Message: "2", Reply: "1", Text: "⏳ running  core.echo\n" + execution},
		simdiscord.Line{Kind: simdiscord.LineUpdate, Message: "2", Reply: "1", Text: "✅ succeeded  core.echo\n" + execution},
		simdiscord.Line{Kind: simdiscord.LineDelivery, Delivery: "7", Type: "INTERACTION_CREATE"},
		simdiscord.Line{Kind: simdiscord.LineDelivery, Delivery: "7", Type: "INTERACTION_CREATE"},
		simdiscord.Line{Kind: simdiscord.LineAck, Delivery: "7"},
		simdiscord.Line{Kind: simdiscord.LineUpdate, Message: "8", Delivery: "7", Text: "✅ succeeded  core.echo\n" + execution},
		simdiscord.Line{Kind: simdiscord.LinePrivate, Message: "9", Delivery: "7", Text: "help"},
		simdiscord.Line{Kind: simdiscord.LineSession, Code: "resumed"},
	)
	want := []seen{
		{Kind: chat.LineSaid, Message: "1"},
		{Kind: chat.LineDelivery, Message: "1"},
		{Kind: chat.LineMark, Message: "1", Mark: "👀"},
		{Kind: chat.LinePost, Thread: "1", Key: execution, Status: "running"},
		{Kind: chat.LineEdit, Thread: "1", Key: execution, Status: "succeeded", Final: true},
		{Kind: chat.LineSaid, Message: "7"},
		{Kind: chat.LineDelivery, Message: "7"},
		{Kind: chat.LineDelivery, Message: "7"},
		{Kind: chat.LineAck, Message: "7"},
		{Kind: chat.LinePost, Thread: "7", Key: execution, Status: "succeeded", Final: true},
		{Kind: chat.LinePost, Thread: "7", Key: "answer/9"},
	}
	if diff := cmp.Diff(want, short(got)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
