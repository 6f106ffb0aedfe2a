//go:build fault

package fault

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
)

// raceKind is what meets in a race for an approval.
type raceKind string

// The kinds.
const (
	doubleClick  raceKind = "double click"
	twoClickers  raceKind = "two clickers"
	clickExpiry  raceKind = "click against expiry"
	clickCancel  raceKind = "click against cancel"
	clickChange  raceKind = "click against a change of the node"
	clickSelf    raceKind = "click of whoever asks"
	clickAccount raceKind = "click of the second account of whoever asks"
)

func raceKinds() []raceKind {
	return []raceKind{doubleClick, twoClickers, clickExpiry, clickCancel, clickChange, clickSelf, clickAccount}
}

// race is one command that waits for approval, and what was done to it at one moment.
type race struct {
	kind      raceKind
	command   *Command
	execution string
	clicks    []string // the messages, by the chat's ids
	changed   [2]time.Time
	last      string // the message of the approval that completes the kinds where two must agree
}

// racePolicies are what the commands of the races are asked about, by what stands in their comment.
var racePolicies = map[string]string{
	"pack.yaml":          "name: races\ndescription: The policies of the races\nversion: 1.0.0\nauthor: Petrel\n",
	"policies/one.yaml":  racePolicy("one", "clary.node.comment", "users: [bob, carl]"),
	"policies/two.yaml":  racePolicy("two", "clary.node.comment", "users: [ann, bob, carl]\n  required: 2"),
	"policies/late.yaml": racePolicy("late", "clary.node.comment", "users: [bob]\n  ttl: 2"),
	"policies/set.yaml":  racePolicy("set", "clary.node.status.set", "users: [bob]"),
}

func racePolicy(word, action, rest string) string {
	return fmt.Sprintf("name: %s\ndescription: What says so\nresource_ref: %s\npolicy_type: action.approval\nparameters:\n  when: \"'%s' in comment\"\n  %s\n", word, action, word, rest)
}

// racePeople are the people of the races and their pack, as lines of the configuration.
const racePeople = `packs: [%q]
people:
  - {id: ann, accounts: ["relay:ann", "relay:ann2"], roles: [everybody]}
  - {id: bob, accounts: ["relay:bob"], roles: [everybody]}
  - {id: carl, accounts: ["relay:carl"], roles: [everybody]}
  - {id: root, accounts: ["shell:root"], roles: [everybody]}
permissions: [{roles: [everybody], action: "*"}]
`

// writePolicies writes a pack and returns the lines of the configuration.
func (l *lab) writePolicies(pack map[string]string) (string, error) {
	folder := filepath.Join(l.dir, "policies")
	for name, text := range pack {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf(racePeople, folder), nil
}

// atOnce is how many races are run together: enough to keep three processes busy, and few enough that a click does not wait for a second.
const atOnce = 28

// races plays so many races, each kind as often as the others, in an order that the seed draws.
func races(total int) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		for begun := 0; begun < total; begun += atOnce {
			batch := make([]*race, min(atOnce, total-begun))
			for i := range batch {
				batch[i] = &race{kind: raceKinds()[(begun+i)%len(raceKinds())]}
			}
			for i := range batch { // the seed draws who comes first
				j := i + l.random.upTo(len(batch)-i)
				batch[i], batch[j] = batch[j], batch[i]
			}
			if err := l.runRaces(ctx, batch); err != nil {
				return err
			}
		}
		return nil
	}
}

// runRaces asks for all of a batch, waits until each waits for approval, and lets the clicks go.
func (l *lab) runRaces(ctx context.Context, batch []*race) error {
	for _, r := range batch {
		if err := l.askFor(ctx, r); err != nil {
			return err
		}
	}
	if err := l.allPending(ctx, batch); err != nil {
		return err
	}
	var group errgroup.Group
	for _, r := range batch {
		pause := time.Duration(l.random.upTo(1500)) * time.Microsecond
		swap, spread := l.random.upTo(2) == 1, time.Duration(l.random.upTo(8000))*time.Microsecond
		group.Go(func() error { return l.meet(ctx, r, meeting{pause, swap, spread}) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	l.mu.Lock()
	l.races = append(l.races, batch...)
	l.mu.Unlock()
	return l.finishRaces(ctx, batch)
}

// askFor has ann ask for what the race is about.
func (l *lab) askFor(ctx context.Context, r *race) error {
	l.mu.Lock()
	l.number++
	l.host++
	c := &Command{Tag: fmt.Sprintf("c%06d", l.number), Kind: Comment, Hosts: []string{fmt.Sprintf("n%d", l.host)}}
	l.mu.Unlock()
	word := map[raceKind]string{clickExpiry: "late", clickSelf: "two", clickAccount: "two"}[r.kind]
	if word == "" {
		word = "one"
	}
	c.Text = fmt.Sprintf("clary comment %s %q", c.Hosts[0], c.Tag+" "+word)
	if r.kind == clickChange {
		c.Kind = Set
		c.Text = fmt.Sprintf("clary set %s production %q", c.Hosts[0], c.Tag+" set")
		if err := l.putNode(ctx, c.Hosts[0], planned); err != nil {
			return err
		}
	}
	r.command = c
	return l.write(ctx, c, "ann", 0)
}

// allPending waits until the chat shows that each race waits for approval.
func (l *lab) allPending(ctx context.Context, batch []*race) error {
	return l.await(ctx, 30*time.Second, "the commands of the races wait for approval", func() bool {
		list, err := l.news.read(l.chat.ledger)
		if err != nil {
			return false
		}
		waiting := true
		for _, r := range batch {
			for _, p := range list[r.command.Message] {
				if p.Execution != "" && p.Status == "pending" {
					r.execution = p.Execution
				}
			}
			waiting = waiting && r.execution != ""
		}
		return waiting
	})
}

// meeting is how the two of a race meet.
type meeting struct {
	pause  time.Duration // between them
	swap   bool          // the second one goes first
	spread time.Duration // of a click around the time when the question expires
}

// meet lets the two of a race go at one moment.
func (l *lab) meet(ctx context.Context, r *race, m meeting) error {
	two := [2]func() error{l.click(ctx, r, "bob", "approve"), nil}
	switch r.kind {
	case doubleClick:
		two[1] = l.click(ctx, r, "bob", "approve")
	case twoClickers:
		two[1] = l.click(ctx, r, "carl", "approve")
	case clickCancel:
		two[1] = l.click(ctx, r, "ann", "cancel")
	case clickSelf:
		two[1] = l.click(ctx, r, "ann", "approve")
	case clickAccount:
		two[1] = l.click(ctx, r, "ann2", "approve")
	case clickChange:
		two[1] = func() error { return l.changeNode(ctx, r) }
	case clickExpiry:
		ends, err := l.redis.inquiryEnds(ctx, r.execution)
		if err != nil {
			return err
		}
		if err := clock.Wait(ctx, l.clock, ends.Add(m.spread-6*time.Millisecond).Sub(l.clock.Now())); err != nil {
			return err
		}
		return two[0]()
	}
	if m.swap {
		two[0], two[1] = two[1], two[0]
	}
	var group errgroup.Group
	group.Go(two[0])
	group.Go(func() error {
		if err := clock.Wait(ctx, l.clock, m.pause); err != nil {
			return err
		}
		return two[1]()
	})
	return group.Wait()
}

// click has somebody press a button: what the chat sends is the line that the button stands for.
func (l *lab) click(ctx context.Context, r *race, user, verb string) func() error {
	return func() error {
		id, err := l.press(ctx, user, verb+" "+r.execution)
		l.mu.Lock()
		defer l.mu.Unlock()
		r.clicks = append(r.clicks, id)
		return err
	}
}

func (l *lab) press(ctx context.Context, user, line string) (string, error) {
	var said struct{ ID string }
	err := l.call(ctx, l.chat, http.MethodPost, "say", map[string]any{"user": user, "channel": "ops", "text": line}, &said)
	return said.ID, err
}

// changeNode changes the node behind the bot's back, so that what was approved is not what would run.
func (l *lab) changeNode(ctx context.Context, r *race) error {
	r.changed[0] = l.clock.Now()
	err := l.putNode(ctx, r.command.Hosts[0], "draining")
	r.changed[1] = l.clock.Now()
	return err
}

// planned is the status in which a node is when its change is asked for. From the other one the change is possible too, but it is another one.
const planned = "drained"

func (l *lab) putNode(ctx context.Context, host, status string) error {
	return l.call(ctx, l.clary, http.MethodPut, "nodes/"+host+"/status", map[string]any{"status": status, "comment": "by hand", "user": "somebody"}, nil)
}

// finishRaces brings what still waits to its end: where two must agree carl is the second, and what was asked again is canceled.
func (l *lab) finishRaces(ctx context.Context, batch []*race) error {
	for _, r := range batch {
		var err error
		switch r.kind {
		case clickSelf, clickAccount:
			r.last, err = l.press(ctx, "carl", "approve "+r.execution)
		case clickChange:
			if err = clock.Wait(ctx, l.clock, 200*time.Millisecond); err == nil {
				_, err = l.press(ctx, "ann", "cancel "+r.execution)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
