//go:build fault

package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/store"
)

// WillBefore is the promise of the audit log.
const WillBefore = "6: every effect has an earlier audit line will, and the log is whole"

// canary is a secret that must not be in any line of the log.
const canary = "canary-7f3a9c"

// AuditLog is what the exported audit log of a scenario says.
type AuditLog struct {
	Lines  int
	Will   map[string]time.Time // by execution: when its effects were announced first
	Asked  map[string]time.Time // by execution: when people were asked about it first
	Said   []audit.Entry        // what people said to questions, and what became of those to which nobody did
	Broken string               // what verify says when the log is not whole
	Secret string               // a line with the canary
}

// readAudit exports the log and has it verified, with the binary that is tested. A scenario without effects has nothing to be compared, and
// where the store lost data on purpose the lines are lost with it.
func (l *lab) readAudit(ctx context.Context, h *History) error {
	lossy := slices.ContainsFunc(h.Firings, func(f Firing) bool {
		return slices.Contains([]string{"redis FLUSHALL", "redis log cut", "redis failover"}, f.Do)
	})
	if lossy || !slices.ContainsFunc(h.Commands, func(c *Command) bool { return len(c.Effects) > 0 }) {
		return nil
	}
	text, err := l.petrel(ctx, "audit", "export")
	if err != nil {
		return err
	}
	h.Audit = &AuditLog{Will: map[string]time.Time{}, Asked: map[string]time.Time{}}
	for line := range bytes.Lines(text) {
		if err := h.Audit.add(line); err != nil {
			return err
		}
	}
	h.expiries()
	said, err := l.petrel(ctx, "audit", "verify")
	if err != nil || !bytes.Contains(said, []byte("The audit log is whole")) {
		h.Audit.Broken = fmt.Sprintf("%s %v", bytes.TrimSpace(said), err)
	}
	return nil
}

func (a *AuditLog) add(line []byte) error {
	var c store.Chained
	var e audit.Entry
	if err := errors.Join(json.Unmarshal(line, &c), json.Unmarshal(c.Line, &e)); err != nil {
		return err
	}
	a.Lines++
	if slices.Contains([]audit.What{audit.Approved, audit.Answered, audit.Escalated, audit.Expired}, e.What) {
		a.Said = append(a.Said, e)
	}
	if bytes.Contains(line, []byte(canary)) {
		a.Secret = string(line)
	}
	if _, known := a.Asked[e.Execution]; e.What == audit.Waits && !known {
		a.Asked[e.Execution] = time.UnixMilli(c.At)
	}
	if _, known := a.Will[e.Execution]; e.What == audit.Will && !known {
		a.Will[e.Execution] = time.UnixMilli(c.At)
	}
	return nil
}

// petrel runs a command of the binary against the lab's store and returns what it said.
func (l *lab) petrel(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	args = append(args, "--config", filepath.Join(l.dir, "petrel0.yaml"))
	cmd := exec.CommandContext(ctx, l.Binary, args...) //nolint:gosec // the binary that is tested
	var said, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complaint
	if err := cmd.Run(); err != nil {
		return said.Bytes(), fmt.Errorf("petrel %s: %w: %s", strings.Join(args, " "), err, complaint.Bytes())
	}
	return said.Bytes(), nil
}

// checkAudit demands an announcement of each effect. Clary's ledger names the execution, because it is sent as the id of the request.
func checkAudit(h *History) []Violation {
	if h.Audit == nil {
		return nil
	}
	var found []Violation
	whole := &Command{Text: "the audit log"}
	if h.Audit.Broken != "" {
		found = append(found, Violation{WillBefore, whole.Text + ": " + h.Audit.Broken, whole})
	}
	if h.Audit.Secret != "" {
		found = append(found, Violation{WillBefore, whole.Text + ": a secret is in it: " + h.Audit.Secret, whole})
	}
	for _, c := range h.Commands {
		for _, e := range c.Effects {
			if at, ok := h.Audit.Will[e.RequestID]; !ok || at.After(e.Time) {
				found = append(found, Violation{WillBefore, fmt.Sprintf("%s: its effect on %s was not announced", c.Text, e.Host), c})
			}
		}
	}
	return found
}

// secretive has people store a secret while others change nodes.
func secretive(ctx context.Context, l *lab) error {
	c := &Command{Tag: "c700000", Kind: Echo, Text: "key set tape " + canary + " encrypt=true"}
	if err := l.write(ctx, c, "keeper", 0); err != nil {
		return err
	}
	for range 20 {
		if _, err := l.mix(ctx, 0); err != nil {
			return err
		}
	}
	return nil
}
