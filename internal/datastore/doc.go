// Package datastore keeps what people and packs write down for later: texts under names, as in StackStorm's datastore, some of
// them encrypted and some with an end. It is written on the contract of internal/store, so it is the same on every driver.
//
// It does not ask who may do what: its callers have asked the permission point by then, and take the owner of a user's key from
// the identity that asks and never from a parameter.
package datastore
