// Package identity tells who is behind a chat account. A person is found by an account's ids and by nothing else: what somebody calls
// himself, and what he renames himself to, is never looked at.
//
// A Directory does not change. Whoever reloads the configuration makes a new one and hands it out in the place of the old one.
package identity
