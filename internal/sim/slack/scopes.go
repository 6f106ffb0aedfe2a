package slack

import (
	"maps"
	"slices"
	"strings"
)

// allScopes are what a well installed app may do.
func allScopes() map[string]bool {
	scopes := map[string]bool{}
	for _, name := range []string{
		"app_mentions:read", "channels:history", "channels:read", "chat:write", "commands", "files:read", "files:write", "groups:history",
		"groups:read", "im:history", "im:read", "im:write", "reactions:write", "users:read", "users:read.email", "connections:write",
	} {
		scopes[name] = true
	}
	return scopes
}

// Scopes returns what the app may do, with commas between. Every answer of the Web API carries it in the header X-OAuth-Scopes
// (docs.slack.dev/authentication/installing-with-oauth, "Requesting scopes").
func (s *Server) Scopes() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.scopeList(), ",")
}

func (s *Server) scopeList() []string { return slices.Sorted(maps.Keys(s.scopes)) }
