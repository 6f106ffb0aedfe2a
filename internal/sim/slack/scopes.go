package slack

import (
	"maps"
	"slices"
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

func (s *Server) scopeList() []string { return slices.Sorted(maps.Keys(s.scopes)) }
