package discord

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// foreign is the answer to whoever has no business with the application of a call; its status is zero for the bot.
func foreign(c *call) (int, any) {
	if c.r.PathValue("app") == App {
		return 0, nil
	}
	return fault(http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
}

func (s *Server) listCommands(c *call) (int, any) {
	if status, body := foreign(c); status != 0 {
		return status, body
	}
	return http.StatusOK, slices.Clone(s.state.commands)
}

// writeCommands puts a list in place of all commands.
func (s *Server) writeCommands(c *call) (int, any) {
	if status, body := foreign(c); status != 0 {
		return status, body
	}
	var list []answer
	if json.Unmarshal(c.body, &list) != nil {
		return wrong([]string{"a list of commands is wanted"})
	}
	if faults := CheckCommands(c.body); len(faults) > 0 {
		return wrong(faults)
	}
	for _, command := range list {
		s.stamp(command)
	}
	s.state.commands = list
	s.note(Line{Kind: LineCommands, Method: c.route.name, Text: strconv.Itoa(len(list))})
	return http.StatusOK, list
}

// writeCommand adds a command, or puts it in place of the one of its name and type.
func (s *Server) writeCommand(c *call) (int, any) {
	if status, body := foreign(c); status != 0 {
		return status, body
	}
	var command answer
	if json.Unmarshal(c.body, &command) != nil || command == nil {
		return wrong([]string{"a command is wanted"})
	}
	s.stamp(command)
	status, list := http.StatusCreated, slices.Clone(s.state.commands)
	at := slices.IndexFunc(list, func(other answer) bool { return other["name"] == command["name"] && isType(other, command["type"]) })
	if at < 0 {
		list = append(list, command)
	} else {
		status, command["id"], list[at] = http.StatusOK, list[at]["id"], command
	}
	whole, err := json.Marshal(list)
	if err != nil {
		return fault(http.StatusInternalServerError, 0, err.Error())
	}
	if faults := CheckCommands(whole); len(faults) > 0 {
		return wrong(faults)
	}
	s.state.commands = list
	s.note(Line{Kind: LineCommands, Method: c.route.name, Text: strconv.Itoa(len(list))})
	s.change.Tell()
	return status, command
}

func (s *Server) deleteCommand(c *call) (int, any) {
	if status, body := foreign(c); status != 0 {
		return status, body
	}
	at := slices.IndexFunc(s.state.commands, func(command answer) bool { return command["id"] == c.r.PathValue("command") })
	if at < 0 {
		return fault(http.StatusNotFound, 10063, "Unknown application command")
	}
	s.state.commands = slices.Delete(slices.Clone(s.state.commands), at, at+1)
	s.note(Line{Kind: LineCommands, Method: c.route.name, Text: strconv.Itoa(len(s.state.commands))})
	return http.StatusNoContent, nil
}

// stamp gives a command what Discord adds to it. It is called with mu held.
func (s *Server) stamp(command answer) {
	command["id"] = s.state.nextID(s.clock.Now())
	command["application_id"] = App
	if command["type"] == nil {
		command["type"] = 1
	}
}

// isType compares types, which are of other kinds in what was read and in what we add.
func isType(command answer, kind any) bool {
	one, err := json.Marshal(command["type"])
	other, otherErr := json.Marshal(kind)
	return err == nil && otherErr == nil && string(one) == string(other)
}

// command returns the command that is typed with the name, nil for none.
func (s *state) command(name string) answer {
	for _, c := range s.commands {
		if c["name"] == name && isType(c, 1) {
			return c
		}
	}
	return nil
}
