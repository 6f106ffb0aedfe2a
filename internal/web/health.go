package web

import (
	"context"
	"io"
	"net/http"

	"github.com/petrelops/petrel/bot"
)

// healthy says that the process lives. It asks nothing else: a store that is away is no reason to end the process.
func healthy(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") }

// ready says whether the process can work.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askWithin)
	defer cancel()
	err := s.Ready(ctx)
	if err == nil {
		say(w, http.StatusOK, "ready")
		return
	}
	s.Log.WarnContext(ctx, "was not ready", "op", "web.server.ready", "code", bot.ErrorCode(err), "err", err)
	text := bot.ErrorText(err)
	if text == "" {
		text = "The store cannot be asked. The log has the reason."
	}
	say(w, http.StatusServiceUnavailable, text)
}

// say answers with one line for people.
func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // whoever watches asks again when it did not come
}
