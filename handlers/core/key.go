package core

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
)

// Keys are the datastore's keys. No action decrypts one: what an action answers is kept in the history.
type Keys interface {
	Get(ctx context.Context, k datastore.Key) (datastore.Entry, error)
	Set(ctx context.Context, w datastore.Write) (datastore.Entry, error)
	List(ctx context.Context, q datastore.Query) (datastore.Page, error)
	Delete(ctx context.Context, k datastore.Key, cause bot.Cause) error
}

// keyAction is what the actions on keys share.
type keyAction struct{ keys Keys }

// Completes implements bot.Completer. Each action on keys has one of them.
func (keyAction) Completes() []string { return []string{"name", "prefix"} }

// Complete offers names of system keys. Who asks is not known here, so nobody's own keys are among them.
func (a keyAction) Complete(ctx context.Context, _, prefix string, limit int) ([]string, error) {
	page, err := a.keys.List(ctx, datastore.Query{Scope: datastore.System, Prefix: prefix, Limit: limit})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range page.Entries {
		names = append(names, e.Key.Name)
	}
	return names, nil
}

// keyParams name a key.
type keyParams struct {
	Name  string          `json:"name"`
	Scope datastore.Scope `json:"scope"`
}

// key returns the key that whoever asks means.
func (p keyParams) key(r bot.Request) datastore.Key {
	return datastore.KeyOf(p.Scope, p.Name, r.Identity)
}

type keyGet struct{ keyAction }

// Do returns the value, masked where it is encrypted.
func (a keyGet) Do(ctx context.Context, job bot.Job, p keyParams) (bot.Result, error) {
	e, err := a.keys.Get(ctx, p.key(job.Request()))
	if err != nil {
		return bot.Result{}, err
	}
	result := bot.Result{Data: keyData(e), Blocks: []bot.Block{{Code: e.Value}}}
	if e.Encrypted {
		result.Blocks = []bot.Block{bot.TextBlock(elsewhere(e.Key))}
	}
	if !e.Expires.IsZero() {
		result.Blocks = append(result.Blocks, bot.TextBlock("It ends "+moment(e.Expires)+"."))
	}
	return result, nil
}

// elsewhere says how a secret is read. A person's own key is found only under the identity that set it.
func elsewhere(k datastore.Key) string {
	text := fmt.Sprintf("The %s is encrypted and not shown in a chat. ", k)
	if k.Scope == datastore.User {
		return text + fmt.Sprintf("In a shell where Petrel knows you as %s type: petrel key get %q --scope user --decrypt", k.Owner, k.Name)
	}
	return text + fmt.Sprintf("In a shell type: petrel key get %q --decrypt", k.Name)
}

type keyList struct{ keyAction }

type keyListParams struct {
	Prefix string          `json:"prefix"`
	Scope  datastore.Scope `json:"scope"`
	Limit  int             `json:"limit"`
}

// Do returns a table of keys.
func (a keyList) Do(ctx context.Context, job bot.Job, p keyListParams) (bot.Result, error) {
	whose := datastore.KeyOf(p.Scope, "", job.Request().Identity)
	page, err := a.keys.List(ctx, datastore.Query{Scope: whose.Scope, Owner: whose.Owner, Prefix: p.Prefix, Limit: p.Limit})
	if err != nil {
		return bot.Result{}, err
	}
	if len(page.Entries) == 0 {
		return bot.Result{Summary: fmt.Sprintf("There is no %s key that begins with %q.", p.Scope, p.Prefix)}, nil
	}
	result := bot.Result{Summary: counted(len(page.Entries), p.Scope) + "."}
	if page.Next != "" {
		result.Summary = "The first " + counted(len(page.Entries), p.Scope) + ". There are more: narrow it with key list PREFIX."
	}
	var rows [][]string
	var data []map[string]any
	for _, e := range page.Entries {
		rows = append(rows, []string{e.Key.Name, e.Short(), moment(e.Expires)})
		data = append(data, keyData(e))
	}
	result.Blocks, result.Data = []bot.Block{bot.TableBlock([]string{"name", "value", "ends"}, rows)}, data
	return result, nil
}

func counted(n int, scope datastore.Scope) string {
	if n == 1 {
		return fmt.Sprintf("1 %s key", scope)
	}
	return fmt.Sprintf("%d %s keys", n, scope)
}

// keyData is an entry for programs.
func keyData(e datastore.Entry) map[string]any {
	return map[string]any{"name": e.Key.Name, "scope": e.Key.Scope, "value": e.Value, "encrypted": e.Encrypted}
}

// moment is a time for people; empty for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
