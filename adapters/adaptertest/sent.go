package adaptertest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
)

// Sent is one call of an adapter, as Keep writes it down.
type Sent struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Type   string `json:"type"` // of the body
	Body   string `json:"body"` // of a form with files, the part payload_json
}

// Keep returns next, with every call that has a body appended to the file as a line of JSON. An empty name keeps nothing. make peers has it
// so that what an adapter sends in all of its tests is checked against the types that others publish of the platform.
func Keep(file string, next http.Handler) http.Handler {
	if file == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && len(body) > 0 {
			err = keep(file, Sent{r.Method, r.URL.Path, r.Header.Get("Content-Type"), string(body)})
		}
		if err != nil {
			http.Error(w, "it cannot be kept: "+err.Error(), http.StatusInsufficientStorage)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

func keep(file string, s Sent) error {
	kind, params, _ := mime.ParseMediaType(s.Type) // a file on its way may have none
	if s.Type = kind; kind == "multipart/form-data" {
		form, err := multipart.NewReader(bytes.NewReader([]byte(s.Body)), params["boundary"]).ReadForm(1 << 20)
		if err != nil {
			return err
		}
		s.Body = ""
		for _, part := range form.Value["payload_json"] {
			s.Body += part
		}
	}
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
