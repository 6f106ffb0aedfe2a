// Package web is Petrel's own HTTP server: webhooks become events, and whoever watches the process can ask whether it lives and whether it
// can work. It takes nothing from a sender whom no configured secret vouches for.
package web
