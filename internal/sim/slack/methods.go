package slack

import (
	"slices"
	"strconv"
)

// historyScopes let an app read what was said, each in one kind of channel.
const historyScopes = "channels:history groups:history im:history"

// methods are what the workspace answers.
func (s *Server) methods() map[string]method {
	return map[string]method{
		"api.test":                     {tierFree, "", false, func(*Server, *call) (answer, string) { return answer{}, "" }},
		"auth.test":                    {tierFree, "", false, authTest},
		"apps.connections.open":        {tier1, "connections:write", true, openConnection},
		"chat.postMessage":             {tierPost, "chat:write", false, postMessage},
		"chat.update":                  {tier3, "chat:write", false, updateMessage},
		"chat.postEphemeral":           {tier4, "chat:write", false, postEphemeral},
		"chat.delete":                  {tier3, "chat:write", false, deleteMessage},
		"conversations.history":        {tier3, historyScopes, false, history},
		"conversations.replies":        {tier3, historyScopes, false, replies},
		"conversations.info":           {tier3, "channels:read groups:read im:read", false, conversationInfo},
		"conversations.list":           {tier2, "channels:read groups:read im:read", false, conversationList},
		"users.conversations":          {tier3, "channels:read groups:read im:read", false, userConversations},
		"conversations.open":           {tier3, "im:write", false, openConversation},
		"users.info":                   {tier4, "users:read", false, userInfo},
		"users.lookupByEmail":          {tier3, "users:read.email", false, lookupByEmail},
		"reactions.add":                {tier3, "reactions:write", false, addReaction},
		"files.getUploadURLExternal":   {tier4, "files:write", false, uploadURL},
		"files.completeUploadExternal": {tier4, "files:write", false, completeUpload},
		"views.open":                   {tier4, "", false, openView},
		"views.update":                 {tier4, "", false, updateView},
		"views.publish":                {tier4, "", false, publishView},
	}
}

func authTest(*Server, *call) (answer, string) {
	return answer{
		"url": "https://sim.slack.com/", "team": "Simulated", "user": BotName, "team_id": Team, "user_id": BotUser, "bot_id": Bot,
	}, ""
}

func history(s *Server, c *call) (answer, string) { return s.page(c, "") }

func replies(s *Server, c *call) (answer, string) {
	if c.args["ts"] == "" {
		return nil, "invalid_arguments"
	}
	return s.page(c, c.args["ts"])
}

// page returns messages of a channel, newest first, or of a thread, oldest first. Ephemeral ones are never among them.
func (s *Server) page(c *call, thread string) (answer, string) {
	at, code := s.sight(c.args["channel"])
	if code == "" && !at.has(BotUser) {
		code = "not_in_channel"
	}
	if code != "" {
		return nil, code
	}
	if thread != "" && s.state.find(at.ID, thread) == nil {
		return nil, "thread_not_found"
	}
	var list []answer
	for _, m := range s.state.messages[at.ID] {
		within := m.TS >= c.args["oldest"] && (c.args["latest"] == "" || m.TS <= c.args["latest"])
		belongs := thread == "" && m.Thread == "" || thread != "" && (m.TS == thread || m.Thread == thread && within)
		if m.Only == "" && belongs && (within || thread != "") {
			a := s.wire(m)
			s.threadWire(at.ID, m, a)
			if c.args["include_all_metadata"] != "1" && c.args["include_all_metadata"] != "true" {
				delete(a, "metadata")
			}
			list = append(list, a)
		}
	}
	if thread == "" {
		slices.Reverse(list)
	}
	limit, err := strconv.Atoi(c.args["limit"])
	if err != nil || limit < 1 || limit > 999 {
		limit = 100
	}
	from, _ := strconv.Atoi(c.args["cursor"]) // an empty cursor is the beginning
	list = list[min(max(from, 0), len(list)):]
	a := answer{"messages": list, "has_more": false}
	if len(list) > limit {
		a["messages"], a["has_more"] = list[:limit], true
		a["response_metadata"] = answer{"next_cursor": strconv.Itoa(from + limit)}
	} else if list == nil {
		a["messages"] = []answer{}
	}
	return a, ""
}

// threadWire adds what the history tells of a thread to the message that it began with
// (docs.slack.dev/reference/methods/conversations.history, "thread_ts", "reply_count", "latest_reply").
func (s *Server) threadWire(channel string, m *Message, a answer) {
	count := 0
	for _, r := range s.state.messages[channel] {
		if r.Thread == m.TS && r.Only == "" {
			count++
			a["latest_reply"] = r.TS
		}
	}
	if count > 0 {
		a["reply_count"], a["thread_ts"] = count, m.TS
	}
}

func (s *Server) channelWire(c *Channel) answer {
	return answer{
		"id": c.ID, "name": c.Name, "is_channel": c.With == "" && !c.Private, "is_group": c.Private, "is_im": c.With != "", "user": c.With,
		"is_member": c.has(BotUser), "is_ext_shared": c.Shared, "is_private": c.Private,
	}
}

func conversationInfo(s *Server, c *call) (answer, string) {
	at, code := s.sight(c.args["channel"])
	if code != "" {
		return nil, code
	}
	return answer{"channel": s.channelWire(at)}, ""
}

func conversationList(s *Server, _ *call) (answer, string) {
	list := []answer{}
	for _, id := range s.state.order {
		if at := s.state.channels[id]; !at.Private || at.has(BotUser) {
			list = append(list, s.channelWire(at))
		}
	}
	return answer{"channels": list}, ""
}

// userConversations lists what the bot is in.
func userConversations(s *Server, _ *call) (answer, string) {
	list := []answer{}
	for _, id := range s.state.order {
		if at := s.state.channels[id]; at.has(BotUser) {
			list = append(list, s.channelWire(at))
		}
	}
	return answer{"channels": list}, ""
}

func openConversation(s *Server, c *call) (answer, string) {
	p, ok := s.state.people[c.args["users"]]
	switch {
	case !ok:
		return nil, "user_not_found"
	case p.Bot:
		return nil, "cannot_dm_bot"
	}
	return answer{"channel": answer{"id": s.state.im(p.ID).ID}}, ""
}

// wire is a person as the API shows them. The address is shown to an app with the scope users:read.email alone
// (docs.slack.dev/reference/objects/user-object, "email", "is_email_confirmed").
func (s *Server) personWire(p Person) answer {
	team := p.Team
	if team == "" {
		team = Team
	}
	profile := answer{"real_name": p.Name, "display_name": p.Name, "team": team}
	if s.granted("users:read.email") && p.Email != "" {
		profile["email"] = p.Email
	}
	return answer{
		"id": p.ID, "team_id": team, "name": p.Name, "real_name": p.Name, "is_bot": p.Bot, "is_restricted": p.Guest,
		"is_ultra_restricted": false, "is_stranger": team != Team, "deleted": p.Deleted,
		"is_email_confirmed": p.Email != "" && !p.Unconfirmed, "profile": profile,
	}
}

func userInfo(s *Server, c *call) (answer, string) {
	p, ok := s.state.people[c.args["user"]]
	if !ok {
		return nil, "user_not_found"
	}
	return answer{"user": s.personWire(p)}, ""
}

func lookupByEmail(s *Server, c *call) (answer, string) {
	for _, p := range s.state.people {
		if p.Email != "" && p.Email == c.args["email"] {
			return answer{"user": s.personWire(p)}, ""
		}
	}
	return nil, "users_not_found"
}
