package clary

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Kind names a call of the contract, for counters and fault rules.
type Kind string

// The calls of the contract. KindOther is any request that is none of them.
const (
	KindNode    Kind = "node"
	KindSet     Kind = "set"
	KindComment Kind = "comment"
	KindNext    Kind = "next"
	KindEvents  Kind = "events"
	KindEvent   Kind = "event"
	KindOther   Kind = "other"
)

func kinds() []Kind {
	return []Kind{KindNode, KindSet, KindComment, KindNext, KindEvents, KindEvent, KindOther}
}

// writes reports whether a call of this kind has an effect and so belongs in the ledger.
func (k Kind) writes() bool { return k == KindSet || k == KindComment }

type route struct {
	method string
	path   string
	kind   Kind
	do     handler
}

// apiRoutes builds the mux. Each path is registered once more without a method, so that a wrong method is a JSON 405 and not
// the text of ServeMux.
func (s *Server) apiRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	methods := map[string]string{}
	for _, rt := range []route{
		{"GET", "/api/nodes/{host}", KindNode, s.getNode},
		{"PUT", "/api/nodes/{host}/status", KindSet, s.putStatus},
		{"POST", "/api/nodes/{host}/comments", KindComment, s.postComment},
		{"GET", "/api/statuses/{status}/next", KindNext, s.getNext},
		{"GET", "/api/events", KindEvents, s.getEvents},
		{"GET", "/api/events/{id}", KindEvent, s.getEvent},
	} {
		mux.HandleFunc(rt.method+" "+rt.path, s.serve(rt.kind, rt.do))
		methods[rt.path] = rt.method
	}
	for _, p := range slices.Sorted(maps.Keys(methods)) {
		mux.HandleFunc(p, s.serve(KindOther, wrongMethod(methods[p])))
	}
	mux.HandleFunc("/", s.serve(KindOther, unknownPath))
	return mux
}

func unknownPath(r *http.Request, _ *call) answer {
	return fail(http.StatusNotFound, "unknown_path", "there is nothing at "+r.URL.EscapedPath())
}

func wrongMethod(allowed string) handler {
	// ServeMux answers HEAD wherever it answers GET.
	allowed = strings.Replace(allowed, "GET", "GET, HEAD", 1)
	return func(r *http.Request, _ *call) answer {
		a := fail(http.StatusMethodNotAllowed, "method_not_allowed", r.Method+" is not possible here, use "+allowed)
		a.header = map[string]string{"Allow": allowed}
		return a
	}
}
