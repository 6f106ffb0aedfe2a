package core

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
)

type keySet struct{ keyAction }

type keySetParams struct {
	keyParams
	Value   string `json:"value"`
	TTL     string `json:"ttl"`
	Encrypt bool   `json:"encrypt"`
}

// Plan says whether the key is new, and never what its value is to be.
func (a keySet) Plan(ctx context.Context, r bot.Request, p keySetParams) (bot.Plan, error) {
	w, err := p.write(r)
	if err != nil {
		return bot.Plan{}, err
	}
	there, err := a.keys.Get(ctx, w.Key)
	if err != nil && bot.ErrorCode(err) != bot.CodeNotFound {
		return bot.Plan{}, err
	}
	line := "set the " + w.Key.String()
	if there.Version == 0 {
		line += ", which is new"
	}
	if w.Encrypt {
		line += ", encrypted"
	}
	if w.TTL > 0 {
		line += fmt.Sprintf(", for %s", w.TTL)
	}
	return bot.Plan{Lines: []string{line}, Changes: []bot.Change{keyChange(w.Key, there.Version, "set")}}, nil
}

// Do stores the value. A second attempt stores it again, which changes nothing but the time from which its life is counted.
func (a keySet) Do(ctx context.Context, job bot.Job, p keySetParams) (bot.Result, error) {
	w, err := p.write(job.Request())
	if err != nil {
		return bot.Result{}, err
	}
	e, err := a.keys.Set(ctx, w)
	if err != nil {
		return bot.Result{}, err
	}
	result := bot.Result{Summary: fmt.Sprintf("The %s is set.", e.Key)}
	if !e.Expires.IsZero() {
		result.Summary = fmt.Sprintf("The %s is set. It ends %s.", e.Key, moment(e.Expires))
	}
	return result, nil
}

func (p keySetParams) write(r bot.Request) (datastore.Write, error) {
	ttl, err := datastore.ParseTTL(p.TTL)
	if err != nil {
		return datastore.Write{}, err
	}
	w := datastore.Write{Key: p.key(r), Value: p.Value, TTL: ttl, Encrypt: p.Encrypt, By: r.Identity.ID, Cause: r.Cause}
	return w, w.Check()
}

type keyDelete struct{ keyAction }

// Plan says what would be deleted. A name that is not there is a slip of whoever typed it, except when an earlier attempt has deleted
// the key already.
func (a keyDelete) Plan(ctx context.Context, r bot.Request, p keyParams) (bot.Plan, error) {
	k := p.key(r)
	there, err := a.keys.Get(ctx, k)
	if gone := bot.ErrorCode(err) == bot.CodeNotFound && r.Attempt > 1; err != nil && !gone {
		return bot.Plan{}, err
	}
	return bot.Plan{Lines: []string{"delete the " + k.String()}, Changes: []bot.Change{keyChange(k, there.Version, "absent")}}, nil
}

// Do deletes the key. One that is gone is as wanted.
func (a keyDelete) Do(ctx context.Context, job bot.Job, p keyParams) (bot.Result, error) {
	k := p.key(job.Request())
	if err := a.keys.Delete(ctx, k, job.Request().Cause); err != nil && bot.ErrorCode(err) != bot.CodeNotFound {
		return bot.Result{}, err
	}
	return bot.Result{Summary: fmt.Sprintf("The %s is deleted.", k)}, nil
}

// keyChange binds an approval to the version that was there when it was given.
func keyChange(k datastore.Key, version int64, to string) bot.Change {
	from := "absent"
	if version > 0 {
		from = fmt.Sprintf("version %d", version)
	}
	return bot.Change{Targets: []string{k.String()}, From: from, Path: []string{to}}
}
