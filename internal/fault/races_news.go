//go:build fault

package fault

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"sync"

	"github.com/petrelops/petrel/internal/sim/chat"
)

// news reads the chat's ledger as it grows, so that ten thousand races need not read it ten thousand times.
type news struct {
	// mu guards what follows.
	mu     sync.Mutex
	offset int64
	posts  map[string][]chat.Line // by the message that they answer
}

// read returns the posts so far.
func (n *news) read(path string) (map[string][]chat.Line, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.posts == nil {
		n.posts = map[string][]chat.Line{}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if _, err := f.Seek(n.offset, io.SeekStart); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(data) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // it is still being written
		}
		n.offset += int64(len(line))
		var one chat.Line
		if err := json.Unmarshal(line, &one); err != nil {
			return nil, err
		}
		if one.Kind == chat.LinePost || one.Kind == chat.LineEdit {
			n.posts[one.Thread] = append(n.posts[one.Thread], one)
		}
	}
	return n.posts, nil
}
