// Package seal encrypts secret values before they are stored. The key is an age X25519 identity in a file of its own, so that a
// copy of the store alone reveals nothing.
package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/petrelops/petrel/bot"
)

// mark is the only key of the object that stands in place of a sealed value.
const mark = "$sealed"

// Key seals and opens values.
type Key struct{ identity *age.X25519Identity }

// OpenKey reads the key file, or makes one with mode 0600 when there is none.
func OpenKey(path string) (*Key, error) {
	const op = "seal.key.open"
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createKey(path)
	}
	if err != nil {
		return nil, bot.E(bot.CodeUnavailable, op, "The key file "+path+" cannot be read. Check its owner and mode.", err)
	}
	identity, err := age.ParseX25519Identity(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, bot.E(bot.CodeInvalid, op, "The key file "+path+" does not hold an age identity. Restore it from your backup: without it sealed values cannot be read.", err)
	}
	return &Key{identity}, nil
}

func createKey(path string) (*Key, error) {
	const op = "seal.key.create"
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	// Two processes may start at once: the link makes one of them win with a file that is already whole.
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, bot.E(bot.CodeUnavailable, op, "The key file "+path+" cannot be made. Check the folder's owner and mode.", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // the key has its own name by then
	_, err = io.WriteString(tmp, identity.String()+"\n")
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return OpenKey(path)
	}
	if err != nil {
		return nil, bot.E(bot.CodeUnavailable, op, "The key file "+path+" cannot be written.", err)
	}
	return &Key{identity}, nil
}

// Seal returns the object that stands for value in the store. value must be JSON-marshalable.
func (k *Key) Seal(value any) (map[string]any, error) {
	const op = "seal.value.seal"
	data, err := json.Marshal(value)
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, k.identity.Recipient())
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	return map[string]any{mark: base64.StdEncoding.EncodeToString(out.Bytes())}, nil
}

// Sealed reports whether value is the object that Seal made.
func Sealed(value any) bool {
	m, ok := value.(map[string]any)
	return ok && len(m) == 1 && m[mark] != nil
}

// Open returns the value behind what Seal made.
func (k *Key) Open(sealed any) (any, error) {
	const op = "seal.value.open"
	m, _ := sealed.(map[string]any)
	text, _ := m[mark].(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	r, err := age.Decrypt(bytes.NewReader(raw), k.identity)
	if err != nil {
		return nil, bot.E(bot.CodeInvalid, op, "A sealed value cannot be opened with the present key file. Restore the key file that it was sealed with.", err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	return value, nil
}
