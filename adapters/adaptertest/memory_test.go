package adaptertest_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/bot"
)

// TestSuite runs the suite against the smallest adapter that keeps every promise, on a platform that replaces what it edits.
func TestSuite(t *testing.T) {
	adaptertest.Run(t, func(*testing.T) adaptertest.Harness {
		return &memory{lines: make(chan bot.Message, 16), changed: make(chan struct{})}
	})
}

// memory is an adapter and its platform in one.
type memory struct {
	lines chan bot.Message
	count int
	last  bot.Message

	// mu guards what follows.
	mu       sync.Mutex
	refs     []string
	messages []string
	changed  chan struct{}
}

var (
	_ adaptertest.Replacer    = (*memory)(nil)
	_ adaptertest.Redeliverer = (*memory)(nil)
)

func (m *memory) Name() string         { return "memory" }
func (m *memory) Adapter() bot.Adapter { return m }
func (m *memory) Place() bot.Origin    { return bot.Origin{Adapter: m.Name(), User: "ann"} }

func (m *memory) Say(_ context.Context, person, line string) error {
	m.count++
	m.last = bot.Message{Origin: bot.Origin{Adapter: m.Name(), User: person}, Delivery: fmt.Sprint(m.count), Text: line}
	m.lines <- m.last
	return nil
}

func (m *memory) Redeliver(context.Context) error {
	m.lines <- m.last
	return nil
}

func (m *memory) Run(ctx context.Context, r bot.Receiver) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case message := <-m.lines:
			answer, err := r.Receive(ctx, message)
			if err != nil {
				answer.Reply = &bot.Reply{Title: bot.ErrorText(err)}
			}
			if answer.Reply != nil {
				m.set("", text(*answer.Reply))
			}
		}
	}
}

func (m *memory) Post(_ context.Context, p bot.Posting) (string, error) {
	m.set(p.Key, text(p.Reply))
	return p.Key, nil
}

func (m *memory) Edit(_ context.Context, ref string, p bot.Posting) error {
	m.set(ref, text(p.Reply))
	return nil
}

// set replaces the message with the reference, or adds one; an empty reference always adds.
func (m *memory) set(ref, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.changed)
	m.changed = make(chan struct{})
	for i, known := range m.refs {
		if ref != "" && known == ref {
			m.messages[i] = text
			return
		}
	}
	m.refs, m.messages = append(m.refs, ref), append(m.messages, text)
}

func (m *memory) Messages() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.messages...)
}

func (m *memory) Seen() string { return strings.Join(m.Messages(), "\n") }

func (m *memory) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

// text writes all that a reply holds, without what could steer a terminal.
func text(r bot.Reply) string {
	parts := []string{r.Title}
	for _, b := range r.Blocks {
		parts = append(parts, b.Text, b.Code)
		if b.Table != nil {
			for _, row := range b.Table.Rows {
				parts = append(parts, strings.Join(row, " "))
			}
		}
	}
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.Join(parts, "\n"), "?"))
}
