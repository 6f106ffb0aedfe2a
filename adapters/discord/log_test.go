package discord_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// told keeps the log.
type told struct {
	// mu guards text.
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *told) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (l *told) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *told) has(part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), part)
}
