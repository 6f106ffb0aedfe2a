package slack

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// How much of each the App home shows. Together it stays below a hundred blocks.
const (
	maxHomeWaiting = 15 // two blocks each
	maxHomePlan    = 8  // lines of one
	maxHomeRecent  = 10
	maxHomeLines   = 200
	maxHomeLine    = 120 // characters
)

// home draws the App home of whoever it belongs to.
func (l *lanes) home(ctx context.Context, at bot.Origin) error {
	host, ok := l.receiver.(bot.Host)
	if !ok {
		return nil
	}
	at.Adapter, at.Workspace, at.Thread = name, l.w.known.Team, ""
	h, err := host.Home(ctx, at)
	if err != nil {
		return err
	}
	return l.w.call(ctx, "views.publish", func(ctx context.Context) error {
		_, err := l.w.api.PublishViewContext(ctx, slackgo.PublishViewContextRequest{UserID: at.User, View: HomeView(h, at)})
		return err
	})
}

// HomeView returns the App home as Slack shows it.
func HomeView(h bot.Home, at bot.Origin) slackgo.HomeTabViewRequest {
	v := slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, CallbackID: "petrel_home", PrivateMetadata: memo{Channel: at.Channel}.text()}
	var all []slackgo.Block
	all = append(all, waiting(h.Waiting)...)
	all = append(all, executed(h.Recent)...)
	all = append(all, commands(h.Commands)...)
	v.Blocks.BlockSet = all
	return v
}

func heading(text string) slackgo.Block { return slackgo.NewHeaderBlock(plainObject(text)) }

func paragraph(text string) slackgo.Block {
	return slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(plainText(text)))
}

// button is a button of the App home. Its id is unique in its block only.
func button(label, command string, style slackgo.Style) *slackgo.ButtonBlockElement {
	b := slackgo.NewButtonBlockElement("home-"+label, command, plainObject(label))
	b.Style = style
	return b
}

// waiting shows the questions that wait for the person.
func waiting(list []bot.Inquiry) []slackgo.Block {
	blocks := []slackgo.Block{heading("Waiting for you")}
	if len(list) == 0 {
		return append(blocks, paragraph("Nothing waits for your answer."))
	}
	for i, q := range list {
		id := plain.Line(q.ID)
		if i == maxHomeWaiting || !isExecution(id) {
			return append(blocks, paragraph(fmt.Sprintf("%d more wait: type inquiries.", len(list)-i)))
		}
		parts := []slackgo.RichTextSectionElement{
			boldText(cut(cmp.Or(strings.TrimSpace(plain.Line(q.Action)), id), maxHomeLine)), plainText(cut(fmt.Sprintf(" is wanted by %s until %s", plain.Line(q.Asker.ID), q.Expires.UTC().Format("2006-01-02 15:04 MST")), maxHomeLine)),
		}
		for n, line := range q.Plan {
			if n == maxHomePlan {
				parts = append(parts, plainText(fmt.Sprintf("\nand %d more lines: press Details", len(q.Plan)-n)))
				break
			}
			parts = append(parts, plainText("\n"+cut(plain.Line(line), maxHomeLine)))
		}
		blocks = append(blocks, slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(parts...)), slackgo.NewActionBlock("",
			button("Approve", "approve "+id, slackgo.StylePrimary), button("Deny", "deny "+id, slackgo.StyleDanger), button("Details", "execution "+id, "")))
	}
	return blocks
}

// executed shows the person's last executions.
func executed(list []bot.Execution) []slackgo.Block {
	blocks := []slackgo.Block{heading("Your last executions")}
	if len(list) == 0 {
		return append(blocks, paragraph("You have run nothing yet."))
	}
	for i, e := range list {
		id := plain.Line(e.ID)
		if i == maxHomeRecent || !isExecution(id) {
			break
		}
		text := fmt.Sprintf(":%s: %s  %s", icon(e.Status), e.Status, plain.Line(e.Action))
		if e.Targets != "" {
			text += "  " + plain.Line(e.Targets)
		}
		text += "  " + e.Created.UTC().Format("2006-01-02 15:04 MST")
		object := slackgo.NewTextBlockObject(slackgo.PlainTextType, cut(text, maxHomeLine), true, false)
		blocks = append(blocks, slackgo.NewSectionBlock(object, nil, slackgo.NewAccessory(button("Details", "execution "+id, ""))))
	}
	return blocks
}

// isExecution reports whether s can be an id, which becomes part of a button's command.
func isExecution(s string) bool {
	return s != "" && len(s) <= maxHomeLine && !strings.ContainsAny(s, " \t")
}

// commands shows what the person may run: a menu of what fits into one, and a list of all.
func commands(list []bot.HomeCommand) []slackgo.Block {
	blocks := []slackgo.Block{heading("What you may run")}
	var choices []*slackgo.OptionBlockObject
	var lines []string
	seen := map[string]bool{}
	for _, c := range list {
		line, help := strings.TrimSpace(plain.Line(c.Line)), strings.TrimSpace(plain.Line(c.Help))
		if line == "" || seen[line] {
			continue
		}
		seen[line] = true
		lines = append(lines, cut(strings.TrimSpace(line+"  "+help), maxHomeLine))
		if len(choices) < maxOptions && selectable([]string{line}) {
			o := optionOf(line)
			if help != "" {
				o.Description = plainObject(cut(help, maxOption))
			}
			choices = append(choices, o)
		}
	}
	if len(choices) > 0 {
		menu := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, plainObject("Run a command"), "home-run", choices...)
		blocks = append(blocks, slackgo.NewActionBlock("", menu, button("Help", "help", ""), button("Who am I", "whoami", "")))
	}
	blocks = append(blocks, listed(lines)...)
	return blocks
}

// listed shows lines in as few blocks as their length allows.
func listed(lines []string) []slackgo.Block {
	if len(lines) == 0 {
		return []slackgo.Block{paragraph("Nothing yet. Ask whoever runs Petrel.")}
	}
	rest := max(0, len(lines)-maxHomeLines)
	lines = lines[:len(lines)-rest]
	var blocks []slackgo.Block
	for text := ""; len(lines) > 0; lines = lines[1:] {
		text += lines[0] + "\n"
		if len(lines) == 1 || count(text)+count(lines[1]) >= maxInline {
			blocks, text = append(blocks, preformatted(strings.TrimRight(text, "\n"))), ""
		}
	}
	if rest > 0 {
		blocks = append(blocks, paragraph(fmt.Sprintf("and %d more: type help.", rest)))
	}
	return blocks
}
