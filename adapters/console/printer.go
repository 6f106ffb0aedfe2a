package console

import (
	"io"
	"strings"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// printer writes pieces of text, each one whole, from any goroutine. While a line is being edited it holds them back and
// wakes the editor, which alone may move the cursor.
type printer struct {
	out io.Writer

	// mu guards what follows and keeps the pieces apart on out.
	mu     sync.Mutex
	err    error    // the first write error
	failed func()   // told about it, once
	wake   func()   // set while a line is being edited
	held   []string // what waits for the editor
}

// onFailure has f called at the first write error, at once when that has already happened.
func (p *printer) onFailure(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = f
	if p.err != nil {
		f()
	}
}

// failure returns the first write error.
func (p *printer) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// print writes text, or hands it to the editor.
func (p *printer) print(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.err != nil || text == "":
		return p.err
	case p.wake != nil:
		p.held = append(p.held, text)
		p.wake()
		return nil
	}
	return p.write(text)
}

// write is called with mu held.
func (p *printer) write(text string) error {
	if _, err := io.WriteString(p.out, text); err != nil {
		p.err = bot.E(bot.CodeUnavailable, "console.output.write", "The output cannot be written any more.", err)
		if p.failed != nil {
			p.failed()
		}
	}
	return p.err
}

// edit begins an edit: until it is released, text is held back and wake is called for each piece.
func (p *printer) edit(wake func()) (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wake = wake
	return func() {
		p.mu.Lock()
		p.wake = nil
		p.mu.Unlock()
		p.flush("")
	}
}

// waiting reports whether text is held back.
func (p *printer) waiting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.held) > 0
}

// flush writes lead and what is held back, if anything is.
func (p *printer) flush(lead string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text := p.take(); text != "" && p.err == nil {
		_ = p.write(lead + text) // Run asks for the failure
	}
}

// take is called with mu held.
func (p *printer) take() string {
	text := strings.Join(p.held, "")
	p.held = nil
	return text
}
