package redis

import (
	"math"
	"slices"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// params are the KEYS and ARGV of one call of a script. KEYS name each key once; ARGV refer to them by number, from 1.
type params struct {
	keys    []string
	args    []any
	numbers map[string]int
}

func newParams(keys ...string) *params {
	p := &params{numbers: make(map[string]int)}
	for _, k := range keys {
		p.number(k)
	}
	return p
}

// number returns the number of a key, which it adds where it is missing.
func (p *params) number(key string) int {
	n, there := p.numbers[key]
	if !there {
		p.keys = append(p.keys, key)
		n = len(p.keys)
		p.numbers[key] = n
	}
	return n
}

func (p *params) add(args ...any) { p.args = append(p.args, args...) }

// millis returns d in whole milliseconds, rounded up: nothing is due or ends before its time.
func millis(d time.Duration) int64 {
	ms := d.Milliseconds()
	if d%time.Millisecond > 0 {
		ms++
	}
	return ms
}

// duration is the way back, to the longest duration at most.
func duration(ms int64) time.Duration {
	return time.Duration(min(ms, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

// commitParams writes a batch down in the order in which commit.lua reads it.
func (k keys) commitParams(b store.Batch) *params {
	p := newParams(append([]string{k.meta, k.expiry, k.indexes, k.heads}, k.locks...)...)
	p.add(k.channel)
	queues := p.addQueues(k, b)
	claims := claimsOf(b)
	p.add(len(claims))
	for _, c := range claims {
		p.add(c.use, queues[c.Queue], c.ID, c.Fence, millis(c.delay))
	}
	p.add(len(b.Enqueue))
	for _, e := range b.Enqueue {
		p.add(queues[e.Queue], e.ID, millis(e.Delay))
	}
	p.add(len(b.Remove))
	for _, e := range b.Remove {
		p.add(queues[e.Queue], e.ID)
	}
	p.addRecords(k, b)
	p.add(len(b.Append))
	for _, l := range b.Append {
		p.add(l.Log, k.recordStem(l.Log), store.LineVersion, store.Digest(l.Data), millis(l.TTL), l.Data)
		p.addIndex(k, l.Log, l.Index)
	}
	p.add(len(b.Notify))
	for _, n := range b.Notify {
		p.add(encodeNotice(n))
	}
	return p
}

// addQueues adds the queues that a batch names and returns their numbers.
func (p *params) addQueues(k keys, b store.Batch) map[string]int {
	var names []string
	numbers := make(map[string]int)
	name := func(queue string) {
		if numbers[queue] == 0 {
			names = append(names, queue)
			numbers[queue] = len(names)
		}
	}
	for _, c := range claimsOf(b) {
		name(c.Queue)
	}
	for _, e := range b.Enqueue {
		name(e.Queue)
	}
	for _, e := range b.Remove {
		name(e.Queue)
	}
	p.add(len(names))
	for _, q := range names {
		p.add(p.number(k.ready(q)), p.number(k.timers(q)), k.entryStem(q), encodeNotice(store.Notice{Topic: store.QueueTopic(q)}))
	}
	return numbers
}

func (p *params) addRecords(k keys, b store.Batch) {
	p.add(len(b.Puts) + len(b.Deletes))
	for _, put := range b.Puts {
		p.add(p.number(k.record(put.Key)), int64(put.If), "put", put.Key.ID, millis(put.TTL), put.Data)
		p.addIndex(k, put.Key.Kind, put.Index)
	}
	for _, d := range b.Deletes {
		p.add(p.number(k.record(d.Key)), int64(d.If), "delete")
	}
}

// addIndex adds the list of a record's index entries, each of them once.
func (p *params) addIndex(k keys, kind string, entries []store.Index) {
	var index []string
	for _, x := range entries {
		index = append(index, k.index(kind, x))
	}
	slices.Sort(index)
	index = slices.Compact(index)
	p.add(len(index))
	for _, key := range index {
		p.add(p.number(key))
	}
}

// use is a claim with what a batch does with it.
type use struct {
	store.Claim
	use   string
	delay time.Duration
}

// claimsOf returns the claims of a batch in the order of their numbers.
func claimsOf(b store.Batch) []use {
	var all []use
	for _, c := range b.Guards {
		all = append(all, use{Claim: c, use: "guard"})
	}
	for _, c := range b.Finish {
		all = append(all, use{Claim: c, use: "finish"})
	}
	for _, r := range b.Release {
		all = append(all, use{Claim: r.Claim, use: "release", delay: r.Delay})
	}
	return all
}

// recordKey returns the key of the record with this number, from 1.
func recordKey(b store.Batch, n int) store.Key {
	if n <= len(b.Puts) {
		return b.Puts[n-1].Key
	}
	return b.Deletes[n-1-len(b.Puts)].Key
}
