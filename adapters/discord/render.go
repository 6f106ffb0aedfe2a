package discord

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/layout"
	"github.com/petrelops/petrel/internal/plain"
)

// Discord's limits; internal/sim/discord names their sources. What a message holds stays a little below them.
const (
	maxTitle       = 256
	maxDescription = 4000 // of 4096
	maxInline      = 2500 // characters of a text or code; a longer one is a file
	maxFiles       = 9    // of ten, so that a picture has room
	maxFileBytes   = 8 << 20
	maxNoted       = 3  // files that a note names
	maxNotedName   = 40 // characters of a name there
	// roomForNotes holds two notes, with every character of a name escaped.
	roomForNotes = 2 * (maxNoted*(2*maxNotedName+3) + 80)
)

// Rendered is a reply in Discord's own form.
type Rendered struct {
	Content    string
	Embeds     []*discordgo.MessageEmbed
	Components []discordgo.MessageComponent
	Files      []bot.File
}

// renderer fills a message and keeps what room is left.
type renderer struct {
	out   Rendered
	parts []string // of the description
	left  int
}

// Render returns a reply as Discord shows it. What comes from people and actions is escaped, so that none of it becomes markup or a
// mention. asker, when not empty, is the person whose question is not to be seen in the channel.
func Render(r bot.Reply, asker string) Rendered {
	d := &renderer{left: maxDescription - roomForNotes}
	spare := d.buttons(r.Blocks)
	d.notes(layout.Draw(slices.Concat(r.Blocks, layout.Spare(spare)), d))
	embed := &discordgo.MessageEmbed{Title: title(r), Description: strings.Join(d.parts, "\n"), Color: color(r)}
	if id := plain.Line(r.Execution); id != "" {
		embed.Footer = &discordgo.MessageEmbedFooter{Text: cut(id, maxTitle)}
	}
	if embed.Title == "" && embed.Description == "" {
		embed.Title = "An answer"
	}
	d.out.Embeds = []*discordgo.MessageEmbed{embed}
	if isID(asker) {
		d.out.Content = "<@" + asker + ">"
	}
	return d.out
}

// icon is shown before the word of a status: colour is not to be the only sign.
func icon(s bot.Status) string {
	switch s {
	case bot.Succeeded:
		return "✅"
	case bot.Failed, bot.Timeout:
		return "❌"
	case bot.Abandoned:
		return "⚠️"
	case bot.Pending, bot.Paused:
		return "✋"
	case bot.Canceled, bot.Canceling:
		return "🚫"
	}
	return "⏳"
}

// The colours of the bar beside a message.
const (
	green  = 0x248046
	red    = 0xda373c
	yellow = 0xf0b232
	blue   = 0x5865f2
	grey   = 0x80848e
)

func color(r bot.Reply) int {
	switch r.Status {
	case bot.Succeeded:
		return green
	case bot.Failed, bot.Timeout:
		return red
	case bot.Abandoned, bot.Pending, bot.Paused:
		return yellow
	case bot.Canceled, bot.Canceling:
		return grey
	}
	if r.Problem {
		return red
	}
	return blue
}

// title says how it stands and what it is about. Its beginning is what final reads again.
func title(r bot.Reply) string {
	head := ""
	if r.Status != "" {
		head = icon(r.Status) + " " + plain.Line(string(r.Status)) + "  "
	}
	return strings.TrimSpace(head + escapeTo(layout.Title(r), maxTitle-count(head)))
}

// final reports whether a title that was drawn before is that of a reply that does not change any more.
func final(title string) bool {
	icon, rest, ok := strings.Cut(title, " ")
	word, _, _ := strings.Cut(rest, " ")
	status := bot.Status(word)
	return !ok || !status.Valid() || icon == "" || status.Ended()
}

// fits adds a part where there is room for it.
func (d *renderer) fits(part string) bool {
	n := count(part) + 1 // the end of the line
	if n > maxInline || n > d.left {
		return false
	}
	d.left -= n
	d.parts = append(d.parts, part)
	return true
}

// Text implements layout.Pen.
func (d *renderer) Text(text string) bool { return d.fits(escape(text)) }

// Code implements layout.Pen. It takes no text that would end the block.
func (d *renderer) Code(code string) bool {
	return !strings.Contains(code, "`") && d.fits("```\n"+code+"\n```")
}

// Fields implements layout.Pen.
func (d *renderer) Fields(fields []bot.Field) bool {
	shown := make([]string, len(fields))
	for i, f := range fields {
		if f.Name != "" {
			f.Name = "**" + escape(f.Name) + ":** "
		}
		shown[i] = f.Name + escape(f.Value)
	}
	return d.fits(strings.Join(shown, "\n"))
}

// Table implements layout.Pen. Discord has no tables.
func (d *renderer) Table([][]string) bool { return false }

// notes takes the files but for those that Discord would refuse, and says so.
func (d *renderer) notes(files []bot.File) {
	var shown, dropped []string
	room := maxFileBytes
	for _, f := range files {
		if len(f.Content) == 0 || len(f.Content) > room || len(d.out.Files) == maxFiles {
			dropped = append(dropped, f.Name)
			continue
		}
		room -= len(f.Content)
		d.out.Files, shown = append(d.out.Files, f), append(shown, f.Name)
	}
	d.note("Attached: ", shown)
	d.note("Empty, or too large for Discord: ", dropped)
}

func (d *renderer) note(what string, names []string) {
	if len(names) == 0 {
		return
	}
	rest := ""
	if len(names) > maxNoted {
		rest = fmt.Sprintf(" and %d more", len(names)-maxNoted)
		names = names[:maxNoted]
	}
	short := make([]string, 0, len(names))
	for _, n := range names {
		short = append(short, escape(cut(n, maxNotedName)))
	}
	d.parts = append(d.parts, what+strings.Join(short, ", ")+rest)
}

// special are the characters that Discord's markup is made of, and what begins a mention, an emoji or an address.
const special = "\\`*_~|>#-+[]()<:@.!&"

// escape keeps text from being markup. A backslash before punctuation is not shown.
func escape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 && needsEscape(text, i) {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// needsEscape reports whether the special character at i could mean something. Points, dashes and the like are left alone inside of
// words, so that what people copy has no backslashes in it.
func needsEscape(text string, i int) bool {
	switch text[i] {
	case '.', ')': // a list begins with "1." or "1)"
		return i > 0 && text[i-1] >= '0' && text[i-1] <= '9' && (i+1 == len(text) || text[i+1] == ' ')
	case '-', '+', '#':
		return i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '#' || i > 0 && text[i-1] == '-'
	case '!', '&', '(':
		return false
	case ':':
		return strings.HasPrefix(text[i:], "://") || strings.Contains(text[i+1:], ":")
	}
	return true
}

// escapeTo escapes what of text fits into n characters and shows where it was cut.
func escapeTo(text string, n int) string {
	whole := escape(text)
	for limit := n; count(whole) > n; limit-- {
		text = cut(text, limit)
		whole = escape(text)
	}
	return whole
}

// count is how many characters Discord counts.
func count(s string) int { return utf8.RuneCountInString(s) }

// cut shortens s to n characters and shows that it did.
func cut(s string, n int) string {
	if count(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	return string([]rune(s)[:n-1]) + "…"
}
