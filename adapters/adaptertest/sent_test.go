package adaptertest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/adaptertest"
)

// TestKeep: what is sent is written down, of a form with files only the words, and arrives as it was.
func TestKeep(t *testing.T) {
	form := "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"x\"}\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.txt\"\r\n\r\nthe file\r\n--b--\r\n"
	for name, tt := range map[string]struct {
		kind, body string
		want       []adaptertest.Sent
	}{
		"JSON":    {"application/json; charset=utf-8", `{"a":1}`, []adaptertest.Sent{{Method: "POST", Path: "/call", Type: "application/json", Body: `{"a":1}`}}},
		"files":   {"multipart/form-data; boundary=b", form, []adaptertest.Sent{{Method: "POST", Path: "/call", Type: "multipart/form-data", Body: `{"content":"x"}`}}},
		"a file":  {"", "content", []adaptertest.Sent{{Method: "POST", Path: "/call", Body: "content"}}},
		"nothing": {"", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			file, arrived := filepath.Join(t.TempDir(), "sent.jsonl"), ""
			next := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				arrived = string(body)
			})
			r := httptest.NewRequest(http.MethodPost, "/call", bytes.NewReader([]byte(tt.body)))
			r.Header.Set("Content-Type", tt.kind)
			adaptertest.Keep(file, next).ServeHTTP(httptest.NewRecorder(), r)
			if arrived != tt.body {
				t.Errorf("it arrived as %q", arrived)
			}
			text, err := os.ReadFile(file)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			var got []adaptertest.Sent
			for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
				var s adaptertest.Sent
				if err := d.Decode(&s); err != nil {
					t.Fatal(err)
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestKeepNeedsItsFile: a call that cannot be written down fails, so that nothing goes unseen.
func TestKeepNeedsItsFile(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/call", bytes.NewReader([]byte("{}")))
	adaptertest.Keep(t.TempDir(), http.NotFoundHandler()).ServeHTTP(w, r)
	if w.Code != http.StatusInsufficientStorage {
		t.Errorf("status %d", w.Code)
	}
}
