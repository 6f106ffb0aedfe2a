package clary

import (
	"net/http"

	"github.com/petrelops/petrel/bot"
)

func (s *Server) controlEvent(fields *map[string]any) (any, error) {
	id, err := s.AppendEvent(*fields)
	return map[string]int64{"id": id}, err
}

func (s *Server) controlTruncate(body *struct{ Before int64 }) (any, error) {
	s.TruncateEvents(body.Before)
	return none{}, nil
}

func (s *Server) controlHide(body *struct{ Count int }) (any, error) {
	if body.Count < 0 {
		return nil, bot.E(bot.CodeInvalid, "simclary.events.hide", "Give a count of zero or more", nil)
	}
	s.HideEvents(body.Count)
	return none{}, nil
}

func (s *Server) controlShow(*http.Request) (any, error) {
	return map[string]int{"shown": s.ShowEvents()}, nil
}
