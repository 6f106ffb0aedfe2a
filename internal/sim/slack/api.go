package slack

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/internal/sim/script"
)

// maxBody is the largest request body that is read.
const maxBody = 1 << 20

// args are the arguments of a call, whether they came as a form or as JSON. What is not a text there is JSON here.
type args map[string]string

// call is one request of the Web API on its way.
type call struct {
	method string
	args   args
	origin string // the address that the client used, without a path
	line   Line   // what the ledger will say; a call that only reads leaves Kind empty
}

// answer is what goes back to the client.
type answer map[string]any

// method is one method of the Web API. do is called with the server's lock held.
type method struct {
	tier  tier
	scope string // one of these, separated by spaces, must have been granted; empty needs none
	app   bool   // wants the app-level token
	do    func(s *Server, c *call) (answer, string)
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	c := &call{method: r.PathValue("method"), origin: "http://" + r.Host}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	var bad string
	if c.args, bad = parse(r); bad != "" {
		send(w, answer{"ok": false, "error": bad})
		return
	}
	c.line = Line{Method: c.method, Via: r.Host, Channel: c.args["channel"], Thread: c.args["thread_ts"]}
	rule := s.faults.Take(c.method)
	if rule != nil && !rule.After {
		if rule.Status == http.StatusTooManyRequests {
			c.line.Wait = rule.RetryAfter
		}
		s.refused(c, string(rule.Effect), rule.Effect)
		s.faults.Spoil(s.ctx, w, r, rule)
		return
	}
	a, code, wait := s.carryOut(c, token(r, c.args), rule)
	w.Header().Set("X-OAuth-Scopes", s.Scopes())
	switch {
	case rule != nil:
		s.faults.Spoil(s.ctx, w, r, rule)
	case wait > 0:
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		w.WriteHeader(http.StatusTooManyRequests)
		send(w, answer{"ok": false, "error": "ratelimited"})
	case code != "":
		a["ok"], a["error"] = false, code
		send(w, a)
	default:
		a["ok"] = true
		send(w, a)
	}
}

// carryOut checks the call and does it. It returns the error's name, and for "ratelimited" how many seconds to wait.
func (s *Server) carryOut(c *call, token string, rule *script.Fault) (a answer, code string, wait int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, known := s.api[c.method]
	a = answer{}
	switch {
	case !known:
		code = "unknown_method"
	default:
		code = s.authorize(m, token)
	}
	if code == "" && m.scope != "" && !s.granted(m.scope) {
		code = "missing_scope"
		a["needed"], a["provided"] = strings.Fields(m.scope)[0], strings.Join(s.scopeList(), ",")
	}
	if code == "" {
		if wait = s.limit(c, m.tier); wait > 0 {
			code = "ratelimited"
		}
	}
	if code == "" {
		var done answer
		if done, code = m.do(s, c); code == "" {
			a = done
		} else {
			for k, v := range done {
				a[k] = v
			}
		}
	}
	if rule != nil {
		c.line.Fault = rule.Effect
	}
	switch {
	case code != "":
		c.line.Kind, c.line.Code, c.line.Wait = LineRefused, code, wait
		s.note(c.line)
	case c.line.Kind == "" && s.o.Reads:
		c.line.Kind = LineRead
		s.note(c.line)
	case c.line.Kind != "":
		s.note(c.line)
	}
	return a, code, wait
}

// refused puts a call on record that a fault rule ended before it had any effect.
func (s *Server) refused(c *call, code string, fault script.Effect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.line.Kind, c.line.Code, c.line.Fault = LineRefused, code, fault
	s.note(c.line)
}

func (s *Server) authorize(m method, token string) string {
	want := s.o.BotToken
	if m.app {
		want = s.o.AppToken
	}
	switch {
	case token == "":
		return "not_authed"
	case token != s.o.BotToken && token != s.o.AppToken:
		return "invalid_auth"
	case s.revoked:
		return "token_revoked"
	case token != want:
		return "not_allowed_token_type"
	}
	return ""
}

func (s *Server) granted(oneOf string) bool {
	for _, scope := range strings.Fields(oneOf) {
		if s.scopes[scope] {
			return true
		}
	}
	return false
}

// parse reads the arguments. It returns the error's name when they cannot be read.
func parse(r *http.Request) (args, string) {
	list := args{}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		var body map[string]json.RawMessage
		// Slack takes an empty body for no arguments: slack-go sends apps.connections.open so.
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil && !errors.Is(err, io.EOF) {
			return nil, "invalid_json"
		}
		for name, value := range body {
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			list[name] = text
		}
	case r.ParseForm() != nil:
		return nil, "invalid_form_data"
	default:
		for name := range r.Form {
			list[name] = r.Form.Get(name)
		}
	}
	return list, ""
}

// token returns the token of a call: the header's or, as in the old days, the form's.
func token(r *http.Request, a args) string {
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return t
	}
	return a["token"]
}

func send(w http.ResponseWriter, body any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	text, err := json.Marshal(body)
	if err != nil {
		text = []byte(`{"ok":false,"error":"internal_error"}`)
	}
	_, _ = w.Write(text) // a client that went away has no further say
}
