package discord

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/petrelops/petrel/internal/sim/script"
)

const (
	maxRequest = 25 << 20
	maxMemory  = 1 << 20
)

// route is a call of the REST API.
type route struct {
	name string // what ledgers and faults call it
	do   func(s *Server, c *call) (int, any)
	size int // calls in a bucket; zero is the usual, negative is not limited
	// open needs no token; interaction is not counted among the calls of a second.
	open, interaction bool
}

// call is one request of the REST API.
type call struct {
	route route
	r     *http.Request
	body  json.RawMessage // nil when there is none
	files map[string][]byte
	names []string // of files, in their order
}

// major is the part of the path that has a bucket of its own.
func (c *call) major() string {
	for _, name := range []string{"channel", "guild", "token"} {
		if id := c.r.PathValue(name); id != "" {
			return id
		}
	}
	return ""
}

// fault is an answer that is an error.
func fault(status, code int, message string) (int, any) {
	return status, answer{"code": code, "message": message}
}

// wrong is the answer to a body that breaks rules.
func wrong(faults []string) (int, any) {
	errs := []answer{}
	for _, f := range faults {
		errs = append(errs, answer{"code": "BASE_TYPE_BAD", "message": f})
	}
	return http.StatusBadRequest, answer{"code": 50035, "message": "Invalid Form Body", "errors": answer{"_errors": errs}}
}

func (s *Server) api() map[string]route {
	return map[string]route{
		"GET gateway/bot":                                             {name: "gateway.bot", do: (*Server).gatewayBot},
		"GET users/@me":                                               {name: "user.me", do: (*Server).me},
		"GET users/@me/guilds":                                        {name: "guild.list", do: (*Server).listGuilds},
		"GET applications/@me":                                        {name: "application.me", do: (*Server).application},
		"POST users/@me/channels":                                     {name: "direct.open", do: (*Server).openDirect},
		"GET guilds/{guild}/channels":                                 {name: "channel.list", do: (*Server).listChannels},
		"GET guilds/{guild}/members/{user}":                           {name: "member.get", do: (*Server).member},
		"GET channels/{channel}":                                      {name: "channel.get", do: (*Server).getChannel},
		"GET channels/{channel}/messages":                             {name: "message.list", do: (*Server).listMessages},
		"POST channels/{channel}/messages":                            {name: "message.create", do: (*Server).createMessage},
		"PATCH channels/{channel}/messages/{message}":                 {name: "message.edit", do: (*Server).editMessage},
		"PUT channels/{channel}/messages/{message}/reactions/{e}/@me": {name: "reaction.add", do: (*Server).addReaction},
		"POST channels/{channel}/messages/{message}/threads":          {name: "thread.start", do: (*Server).startThread},
		"GET guilds/{guild}/threads/active":                           {name: "thread.list", do: (*Server).listThreads},
		"GET applications/{app}/commands":                             {name: "command.list", do: (*Server).listCommands},
		"POST applications/{app}/commands":                            {name: "command.create", do: (*Server).writeCommand},
		"DELETE applications/{app}/commands/{command}":                {name: "command.delete", do: (*Server).deleteCommand},
		"PUT applications/{app}/commands":                             {name: "command.write", do: (*Server).writeCommands},
		"POST interactions/{id}/{token}/callback":                     {name: "interaction.callback", do: (*Server).callback, open: true, interaction: true, size: -1},
		"POST webhooks/{app}/{token}":                                 {name: "followup.create", do: (*Server).createFollowup, open: true, interaction: true},
		"GET webhooks/{app}/{token}/messages/{message}":               {name: "followup.get", do: (*Server).getFollowup, open: true, interaction: true},
		"PATCH webhooks/{app}/{token}/messages/{message}":             {name: "followup.edit", do: (*Server).editFollowup, open: true, interaction: true},
		"DELETE webhooks/{app}/{token}/messages/{message}":            {name: "followup.delete", do: (*Server).deleteFollowup, open: true, interaction: true},
	}
}

// methods returns the names of the calls.
func (s *Server) methods() []string {
	var names []string
	for _, r := range s.routes {
		names = append(names, r.name)
	}
	slices.Sort(names)
	return names
}

func (s *Server) serveAPI(route route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{route: route, r: r}
		rule := s.faults.Take(route.name)
		if rule != nil && !rule.After {
			s.mu.Lock()
			if rule.Status == http.StatusTooManyRequests {
				s.countInvalid()
				if rule.Body != "" { // Discord's own word; without one it is Cloudflare that speaks
					w.Header().Set("X-RateLimit-Scope", "user")
				}
			}
			s.note(Line{Kind: LineRefused, Method: route.name, Channel: r.PathValue("channel"), Fault: rule.Effect})
			s.mu.Unlock()
			s.faults.Spoil(s.ctx, w, r, rule)
			return
		}
		status, body := s.perform(w, c)
		if rule != nil && status != 0 {
			s.faults.Spoil(s.ctx, w, r, rule)
			return
		}
		if status != 0 {
			send(w, status, body)
		}
	}
}

// perform carries the call out. A status of zero says that it has been answered.
func (s *Server) perform(w http.ResponseWriter, c *call) (status int, body any) {
	if err := c.read(w); err != nil {
		return fault(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.banned() {
		w.WriteHeader(http.StatusTooManyRequests) // Cloudflare says it without JSON
		_, _ = w.Write([]byte("<html>error code: 1015</html>"))
		return 0, nil
	}
	if c.r.Header.Get("Content-Type") != "" && c.body == nil {
		return fault(http.StatusBadRequest, 50109, "There is a content type and no body.")
	}
	if !c.route.open && (s.revoked || c.r.Header.Get("Authorization") != "Bot "+s.o.Token) {
		s.countInvalid()
		s.note(Line{Kind: LineRefused, Method: c.route.name, Code: "401"})
		return fault(http.StatusUnauthorized, 0, "401: Unauthorized")
	}
	if !s.limit(w, c) {
		s.note(Line{Kind: LineRefused, Method: c.route.name, Code: "429", Channel: c.r.PathValue("channel")})
		return 0, nil
	}
	status, body = c.route.do(s, c)
	if status >= http.StatusBadRequest {
		if status == http.StatusUnauthorized || status == http.StatusForbidden {
			s.countInvalid()
		}
		text, _ := json.Marshal(body) // it is ours
		s.note(Line{Kind: LineRefused, Method: c.route.name, Code: http.StatusText(status), Text: string(text), Channel: c.r.PathValue("channel")})
	}
	return status, body
}

// read reads the body: JSON, or a form with files whose payload_json is it.
func (c *call) read(w http.ResponseWriter) error {
	c.r.Body = http.MaxBytesReader(w, c.r.Body, maxRequest)
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		if err := c.r.ParseMultipartForm(maxMemory); err != nil {
			return err
		}
		return c.readForm(c.r.MultipartForm)
	}
	text, err := io.ReadAll(c.r.Body)
	if err != nil {
		return err
	}
	if len(text) == 0 {
		return nil
	}
	if kind != "application/json" || !json.Valid(text) {
		return io.ErrUnexpectedEOF
	}
	c.body = text
	return nil
}

func (c *call) readForm(form *multipart.Form) error {
	c.files = map[string][]byte{}
	c.body = json.RawMessage(strings.Join(form.Value["payload_json"], ""))
	if !json.Valid(c.body) {
		return io.ErrUnexpectedEOF
	}
	keys := make([]string, 0, len(form.File))
	for key := range form.File {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		for _, head := range form.File[key] {
			f, err := head.Open()
			if err != nil {
				return err
			}
			var content bytes.Buffer
			_, err = io.Copy(&content, f)
			_ = f.Close() // it was only read
			if err != nil {
				return err
			}
			c.names = append(c.names, head.Filename)
			c.files[head.Filename] = content.Bytes()
		}
	}
	return nil
}

func send(w http.ResponseWriter, status int, body any) {
	if body == nil { // a content type on an empty answer is a fault that some clients do not forgive
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away has no further say
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	content, ok := s.state.files[r.PathValue("message")+"/"+r.PathValue("name")]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(content) // a reader that went away has no further say
}

// Inject adds a fault rule and returns its id.
func (s *Server) Inject(f script.Fault) (int, error) { return s.faults.Inject(f, s.methods()) }

// ClearFaults forgets the rules and lets every held call go.
func (s *Server) ClearFaults() { s.faults.Clear() }
