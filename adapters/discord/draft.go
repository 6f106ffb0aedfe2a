package discord

import (
	"slices"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// maxDrafts bounds what is kept of forms. Whoever comes back after that many others fills in anew.
const maxDrafts = 256

// draft is what somebody filled into the form of a command.
type draft struct {
	account, command string
	values           map[string]string
}

// drafts are the forms that people sent last, so that a complaint does not cost them what they typed: Discord closes a form when it is
// sent, whatever the answer is. They are of this process alone; forms hold no secrets.
type drafts struct {
	// mu guards list, the newest last.
	mu   sync.Mutex
	list []draft
}

// keep keeps what was sent instead of what the same person sent for the command before.
func (d *drafts) keep(m bot.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := draft{m.Account(), m.Text, m.Values}
	d.list = append(slices.DeleteFunc(d.list, func(o draft) bool { return o.account == n.account && o.command == n.command }), n)
	if len(d.list) > maxDrafts {
		d.list = slices.Delete(d.list, 0, 1)
	}
}

// filled returns the form with what the person has filled in before.
func (d *drafts) filled(o bot.Origin, f bot.Form) bot.Form {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.list {
		if n.account != o.Account() || n.command != f.Command {
			continue
		}
		f.Fields = slices.Clone(f.Fields)
		for i := range f.Fields {
			if value, given := n.values[f.Fields[i].Name]; given && !f.Fields[i].Secret {
				f.Fields[i].Default = value
			}
		}
	}
	return f
}
