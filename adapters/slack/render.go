package slack

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/layout"
	"github.com/petrelops/petrel/internal/plain"
)

// Slack's limits; internal/sim/slack names their sources. What a message holds stays a little below them.
const (
	maxMessage = 12_000 // characters of all blocks together; Slack refuses near 13,000
	maxBlocks  = 45     // of 50: title and notes need some
	maxInline  = 3000   // characters of a text or code; a longer one is a file
	maxTitle   = 500
	maxRows    = 100
	maxColumns = 20
	maxNotes   = 10 // attachments that are named in the message
	// roomForNotes holds the names of maxNotes attachments.
	roomForNotes = maxNotes * (plain.MaxFileName + 10)
)

// Rendered is a reply in Slack's own form.
type Rendered struct {
	Text   string // what notifications and screen readers show
	Blocks []slackgo.Block
	Files  []bot.File // go into the thread of the message
}

// renderer fills a message and keeps what room is left.
type renderer struct {
	out   Rendered
	left  int
	table bool // a message may have one
}

// Render returns a reply as Slack shows it. Everything that comes from people and actions is put into elements in which Slack sees no
// markup, so it needs no escaping. asker, when not empty, is the person whose question is not to be seen in the channel.
func Render(r bot.Reply, asker string) Rendered {
	d := &renderer{left: maxMessage - roomForNotes}
	title := d.title(r, asker)
	buttons, spare := d.buttons(r.Blocks)
	d.out.Files = layout.Draw(slices.Concat(r.Blocks, layout.Spare(spare)), d)
	d.notes()
	d.out.Blocks = append(d.out.Blocks, buttons...)
	if title != nil {
		d.out.Blocks = append([]slackgo.Block{title}, d.out.Blocks...)
	}
	d.out.Text = d.summary(r)
	return d.out
}

// icons are shown before the word of a status: colour is not to be the only sign.
func icon(s bot.Status) string {
	switch s {
	case bot.Succeeded:
		return "white_check_mark"
	case bot.Failed, bot.Timeout:
		return "x"
	case bot.Abandoned:
		return "warning"
	case bot.Pending, bot.Paused:
		return "raised_hand"
	case bot.Canceled, bot.Canceling:
		return "no_entry_sign"
	}
	return "hourglass_flowing_sand"
}

// title is the first block: how it stands, what it is about, and the id that a person needs to ask about it.
func (d *renderer) title(r bot.Reply, asker string) slackgo.Block {
	var parts []slackgo.RichTextSectionElement
	if r.Status != "" {
		parts = append(parts, slackgo.NewRichTextSectionEmojiElement(icon(r.Status), 0, nil), plainText(" "+plain.Line(string(r.Status))+"  "))
	}
	if title := layout.Title(r); title != "" {
		parts = append(parts, boldText(cut(title, maxTitle)))
	}
	if id := plain.Line(r.Execution); id != "" {
		parts = append(parts, plainText("  "), codeText(cut(id, maxTitle)))
	}
	if isID(asker) {
		parts = append(parts, plainText("  for "), slackgo.NewRichTextSectionUserElement(asker, nil))
	}
	if len(parts) == 0 {
		return nil
	}
	d.left -= 2*maxTitle + 100
	return slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(parts...))
}

// summary is the text that stands for the blocks where those cannot be shown. Slack reads it as markup, so it is escaped.
func (d *renderer) summary(r bot.Reply) string {
	text := strings.TrimSpace(plain.Line(string(r.Status)) + "  " + cut(layout.Title(r), maxTitle))
	for _, b := range r.Blocks {
		if text == "" {
			text = strings.TrimSpace(cut(plain.Line(b.Text), maxTitle))
		}
	}
	if text == "" {
		text = "An answer"
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// fits reports whether n more characters can be shown in one more block, and takes their room.
func (d *renderer) fits(n, most int) bool {
	if n > most || n > d.left || len(d.out.Blocks) >= maxBlocks {
		return false
	}
	d.left -= n
	return true
}

// show adds a block that shows the text, if there is room.
func (d *renderer) show(text string, b slackgo.Block) bool {
	fits := d.fits(count(text), maxInline)
	if fits {
		d.out.Blocks = append(d.out.Blocks, b)
	}
	return fits
}

// Text implements layout.Pen.
func (d *renderer) Text(text string) bool { return d.show(text, paragraph(text)) }

// Code implements layout.Pen.
func (d *renderer) Code(code string) bool { return d.show(code, preformatted(code)) }

// Fields implements layout.Pen.
func (d *renderer) Fields(fields []bot.Field) bool {
	var parts []slackgo.RichTextSectionElement
	var whole strings.Builder
	for i, f := range fields {
		field, value := f.Name+": ", f.Value
		if i < len(fields)-1 {
			value += "\n"
		}
		whole.WriteString(field + value)
		parts = append(parts, boldText(field))
		if value != "" {
			parts = append(parts, plainText(value))
		}
	}
	return d.show(whole.String(), slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(parts...)))
}

// Table draws the first table that Slack's own can hold.
func (d *renderer) Table(rows [][]string) bool {
	total, widest := 0, 0
	for _, row := range rows {
		widest = max(widest, len(row))
		for _, cell := range row {
			total += count(plain.Line(cell)) + 1 // an empty cell needs a character as well
		}
	}
	if widest == 0 || d.table || len(rows) > maxRows || widest > maxColumns || !d.fits(total+len(rows)*widest, maxMessage) {
		return false
	}
	d.table = true
	d.out.Blocks = append(d.out.Blocks, table(rows, widest))
	return true
}

// table draws rows as a table block. Every row gets as many cells as the widest, and an empty cell a space that is not broken at:
// Slack refuses a cell without text.
func table(rows [][]string, columns int) slackgo.Block {
	t := slackgo.NewTableBlock("")
	for _, row := range rows {
		cells := make([]slackgo.TableCell, columns)
		for i := range cells {
			text := ""
			if i < len(row) {
				text = strings.TrimSpace(plain.Line(row[i]))
			}
			if text == "" {
				text = "\u00a0"
			}
			cells[i] = slackgo.NewTableRawTextCell(text)
		}
		t.AddRow(cells...)
	}
	return t
}

// notes names the files that hang in the thread.
func (d *renderer) notes() {
	if len(d.out.Files) == 0 {
		return
	}
	lines := make([]string, 0, maxNotes+1)
	for i, f := range d.out.Files {
		if i == maxNotes {
			lines = append(lines, fmt.Sprintf("and %d more", len(d.out.Files)-i))
			break
		}
		lines = append(lines, f.Name)
	}
	d.out.Blocks = append(d.out.Blocks, paragraph("In the thread: "+strings.Join(lines, ", ")))
}

// count is how many characters Slack may count at most.
func count(s string) int { return len(utf16.Encode([]rune(s))) }

// cut shortens s to n characters and shows that it did.
func cut(s string, n int) string {
	if count(s) <= n {
		return s
	}
	units := 0
	for i, r := range s {
		if units += utf16.RuneLen(r); units >= n {
			return s[:i] + "…"
		}
	}
	return s
}

func plainText(s string) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, nil)
}

func boldText(s string) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, &slackgo.RichTextSectionTextStyle{Bold: true})
}

func preformatted(s string) slackgo.Block {
	return slackgo.NewRichTextBlock("", &slackgo.RichTextPreformatted{Type: slackgo.RTEPreformatted, Elements: []slackgo.RichTextSectionElement{plainText(s)}})
}

func codeText(s string) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, &slackgo.RichTextSectionTextStyle{Code: true})
}
