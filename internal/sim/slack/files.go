package slack

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
)

// uploadStep is the name under which fault rules know the second step of an upload, which is no method of the Web API.
const uploadStep = "upload"

func (f *file) wire() answer {
	return answer{"id": f.id, "name": f.name, "title": f.title, "size": f.size, "user": BotUser, "permalink": "https://sim.slack.com/files/" + f.id}
}

func uploadURL(s *Server, c *call) (answer, string) {
	size, err := strconv.Atoi(c.args["length"])
	switch {
	case c.args["filename"] == "":
		return nil, "invalid_arguments"
	case err != nil || size <= 0:
		return nil, "invalid_arguments"
	case size > maxUpload:
		return nil, "file_upload_size_restricted"
	}
	f := &file{id: s.state.nextID("F"), name: c.args["filename"], title: c.args["filename"], size: size}
	s.state.files[f.id] = f
	return answer{"file_id": f.id, "upload_url": c.origin + "/upload/" + f.id}, ""
}

// maxUpload bounds what is kept in memory.
const maxUpload = 64 << 20

// serveUpload takes the bytes of a file, raw or as the one part of a multipart form.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	rule := s.faults.Take(uploadStep)
	if rule != nil && !rule.After {
		s.faults.Spoil(s.ctx, w, r, rule)
		return
	}
	content, err := uploaded(r)
	s.mu.Lock()
	f := s.state.files[r.PathValue("file")]
	status := http.StatusOK
	switch {
	case err != nil:
		status = http.StatusBadRequest
	case f == nil || f.uploaded:
		status = http.StatusNotFound
	case len(content) != f.size:
		status = http.StatusBadRequest // Slack wants as many bytes as were announced
	default:
		f.content, f.uploaded = content, true
	}
	s.mu.Unlock()
	if rule != nil {
		s.faults.Spoil(s.ctx, w, r, rule)
		return
	}
	w.WriteHeader(status)
}

func uploaded(r *http.Request) ([]byte, error) {
	body := http.MaxBytesReader(nil, r.Body, maxUpload+1<<20)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return io.ReadAll(body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	part, err := parts.NextPart()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(part)
}

func completeUpload(s *Server, c *call) (answer, string) {
	var list []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.args["files"]), &list) != nil || len(list) == 0 {
		return nil, "invalid_arguments"
	}
	at, code := s.sight(c.args["channel_id"])
	switch {
	case code != "":
		return nil, code
	case !at.has(BotUser):
		return nil, "not_in_channel"
	case c.args["thread_ts"] != "" && s.state.find(at.ID, c.args["thread_ts"]) == nil:
		return nil, "invalid_thread_ts"
	}
	m := &Message{User: BotUser, Bot: true, Text: c.args["initial_comment"], Thread: c.args["thread_ts"]}
	var shown []answer
	for _, item := range list {
		f := s.state.files[item.ID]
		if f == nil || !f.uploaded || f.shared {
			return nil, "file_not_found"
		}
		f.shared = true
		if item.Title != "" {
			f.title = item.Title
		}
		m.Files = append(m.Files, f.id)
		shown = append(shown, f.wire())
	}
	m.TS = s.state.nextTS(s.clock.Now())
	s.state.messages[at.ID] = append(s.state.messages[at.ID], m)
	c.line.Kind, c.line.Channel, c.line.TS, c.line.Text = LineFile, at.ID, m.TS, s.state.files[m.Files[0]].name
	return answer{"files": shown}, ""
}

// serveFile shows the content of a file to the reader of the page.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.state.files[r.PathValue("file")]
	s.mu.Unlock()
	if f == nil || !f.shared {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(f.content)
}
