package notice

import (
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/target"
)

const (
	clockLayout = "15:04:05 MST"
	dayLayout   = "2006-01-02 15:04:05 MST"
	// maxShown is how long the names of one kind are in a message.
	maxShown = 300
)

// Reply is the message of a note that is told alone.
func (n Note) Reply() bot.Reply {
	r := bot.Reply{Blocks: []bot.Block{bot.TextBlock(n.Text)}}
	return withButtons(r, n.ID, n.Rule, n.Buttons, n.Acknowledged)
}

// Reply is the message of a digest as it stands.
func (d Digest) Reply() bot.Reply {
	r := bot.Reply{Title: d.title(), Blocks: []bot.Block{d.table()}}
	if !d.Over {
		r.Blocks = append(r.Blocks, bot.TextBlock("It grows while more comes."))
	}
	return withButtons(r, d.ID, d.Rule, append([]Button{{Label: "Each of them", Word: details}}, d.Buttons...), d.Acknowledged)
}

func (d Digest) title() string {
	of := ""
	if d.Rule != "" {
		of = " of " + d.Rule
	}
	if d.Why != "" {
		return fmt.Sprintf("%s%s %s, from %s to %s", events(d.Count), of, d.Why, d.Since.UTC().Format(dayLayout), d.Last.UTC().Format(clockLayout))
	}
	return fmt.Sprintf("%s%s since %s", events(d.Count), of, d.Since.UTC().Format(clockLayout))
}

func events(n int) string {
	if n == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", n)
}

func (d Digest) table() bot.Block {
	rows := make([][]string, len(d.Kinds))
	for i, k := range d.Kinds {
		name := k.Name
		if name == "" {
			name = "-"
		}
		rows[i] = []string{name, fmt.Sprint(k.Count), k.about()}
	}
	return bot.TableBlock([]string{"what", "events", "about"}, rows)
}

// about folds the names, and says when it does not tell all of them.
func (k Kind) about() string {
	text := target.Fold(k.About)
	if len(text) > maxShown {
		cut := strings.LastIndexByte(text[:maxShown], ',')
		if cut < 0 {
			cut = maxShown
		}
		return fmt.Sprintf("%s and more, %d in all", text[:cut], len(k.About))
	}
	if k.More {
		return text + " and more"
	}
	return text
}

// withButtons adds what can be done, and who looks after it already.
func withButtons(r bot.Reply, id, rule string, buttons []Button, by *Acknowledged) bot.Reply {
	if by != nil {
		r.Blocks = append(r.Blocks, bot.TextBlock(by.Text()))
	}
	var row []bot.Button
	for i, b := range buttons {
		shown := bot.Button{Label: b.Label, Danger: b.Danger, Command: fmt.Sprintf("press %s %d", id, i+1), Typed: b.Line}
		switch {
		case b.Word == Acknowledge && by != nil:
			continue
		case b.Word == Acknowledge:
			shown.Command = "acknowledge " + id
		case b.Word == details:
			shown.Command = "digest " + id
		case b.Word == MuteWord && rule == "": // a digest of several rules
			continue
		case b.Word == MuteWord:
			shown.Command = "mute " + rule + " 1h"
		}
		row = append(row, shown)
	}
	if len(row) > 0 {
		r.Blocks = append(r.Blocks, bot.Block{Buttons: row})
	}
	return r
}

// Text says who looks after it.
func (a Acknowledged) Text() string {
	return fmt.Sprintf("%s acknowledged it at %s.", a.By, a.At.UTC().Format(clockLayout))
}

// Text says for people who muted what until when.
func (m Mute) Text() string {
	return fmt.Sprintf("%s muted %s until %s", m.By, m.Scope, m.Until.UTC().Format(dayLayout))
}

// Stamp writes a time for people.
func Stamp(t time.Time) string { return t.UTC().Format(dayLayout) }
