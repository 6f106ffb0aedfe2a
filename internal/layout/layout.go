// Package layout takes replies and forms apart in the way that is the same on every chat platform: what a reply is about, what of its blocks
// becomes a file because there is no room, what its buttons say, and which fields of a form are kept. How it looks, and how much fits, is
// the platform's.
package layout

import (
	"cmp"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// Title returns what a reply is about, on one line.
func Title(r bot.Reply) string { return cmp.Or(line(r.Title), line(r.Action)) }

func line(text string) string { return strings.TrimSpace(plain.Line(text)) }

func lines(text string) string { return strings.Join(plain.Lines(text), "\n") }

// Buttons returns the buttons of blocks as they are pressed: label and command are one line each, and a button without a label is called
// by its command. One without a command is left out.
func Buttons(blocks []bot.Block) []bot.Button {
	var list []bot.Button
	for _, block := range blocks {
		for _, b := range block.Buttons {
			b.Command = line(b.Command)
			b.Label = cmp.Or(line(b.Label), b.Command)
			if b.Command != "" {
				list = append(list, b)
			}
		}
	}
	return list
}

// Spare returns what stands for buttons that have no room: the lines that say the same, to be typed.
func Spare(buttons []bot.Button) []bot.Block {
	blocks := make([]bot.Block, len(buttons))
	for i, b := range buttons {
		blocks[i] = bot.TextBlock("Type this: " + cmp.Or(line(b.Typed), b.Command))
	}
	return blocks
}

// Pen draws the parts of a reply on one platform. A part for which it returns false has no room and was not drawn: it becomes a file.
type Pen interface {
	// Text draws a paragraph.
	Text(text string) bool
	// Code draws lines in a fixed-width font.
	Code(code string) bool
	// Fields draws names with their values, which may have several lines.
	Fields(fields []bot.Field) bool
	// Table draws rows. Those for which it returns false are drawn as code, aligned.
	Table(rows [][]string) bool
}

// Draw draws blocks, except for buttons. It returns the files that belong to them: each has a name of its own, without a folder.
func Draw(blocks []bot.Block, p Pen) []bot.File {
	d := drawing{pen: p}
	for _, b := range blocks {
		d.block(b)
	}
	names := make([]string, len(d.files))
	for i, f := range d.files {
		names[i] = f.Name
	}
	for i, name := range plain.FileNames(names) {
		d.files[i].Name = name
	}
	return d.files
}

// drawing collects what does not fit.
type drawing struct {
	pen   Pen
	files []bot.File
}

// block draws the one thing that b holds.
func (d *drawing) block(b bot.Block) {
	switch {
	case b.Text != "":
		if text := strings.TrimSpace(lines(b.Text)); text != "" && !d.pen.Text(text) {
			d.attach("text.txt", text)
		}
	case len(b.Fields) > 0:
		d.fields(b.Fields)
	case b.Table != nil:
		d.table(*b.Table)
	case b.Code != "":
		d.code(lines(b.Code), "output.txt")
	case b.File != nil:
		d.files = append(d.files, *b.File)
	}
}

func (d *drawing) fields(fields []bot.Field) {
	safe, whole := make([]bot.Field, len(fields)), make([]string, len(fields))
	for i, f := range fields {
		safe[i] = bot.Field{Name: line(f.Name), Value: lines(f.Value)}
		whole[i] = safe[i].Name + ": " + safe[i].Value
	}
	if !d.pen.Fields(safe) {
		d.attach("fields.txt", strings.Join(whole, "\n"))
	}
}

func (d *drawing) table(t bot.Table) {
	rows := t.Rows
	if strings.TrimSpace(strings.Join(t.Columns, "")) != "" {
		rows = append([][]string{t.Columns}, t.Rows...)
	}
	if !d.pen.Table(rows) {
		d.code(strings.Join(plain.Aligned(rows), "\n"), "table.txt")
	}
}

func (d *drawing) code(code, file string) {
	code = strings.Trim(code, "\n")
	if strings.TrimSpace(code) != "" && !d.pen.Code(code) {
		d.attach(file, code)
	}
}

// attach puts a text into a file.
func (d *drawing) attach(file, text string) {
	d.files = append(d.files, bot.File{Name: file, Type: "text/plain; charset=utf-8", Content: []byte(text + "\n")})
}
