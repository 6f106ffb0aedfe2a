package app_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
)

// What people, webhooks and rules do is counted from where it happens, and Prometheus can read it.
func TestMetricsAreFed(t *testing.T) {
	a := hooked(t)
	if got := post(t, a, "/api/v1/webhooks/ci/build", "a key"); got.Code != http.StatusAccepted {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	for _, line := range []string{"echo hello", "no such thing"} {
		if _, err := a.Desk.Receive(t.Context(), bot.Message{Origin: bot.Origin{Adapter: "console", User: "eve"}, Delivery: line, Text: line}); err != nil {
			t.Fatal(err)
		}
	}
	missing := []string{
		`petrel_events_total{source="webhook",status="processed"} 1`,
		`petrel_rule_matches_total{rule="hooks.build",status="succeeded"} 1`,
		`petrel_executions_total{action="core.echo",class="read",status="succeeded"} 1`,
		`petrel_execution_start_seconds_count{class="read"} 1`,
		`petrel_execution_seconds_count{class="read"} 1`,
		`petrel_messages_total{adapter="console",outcome="denied"} 1`,
		`petrel_messages_total{adapter="console",outcome="answered"} 1`,
		`petrel_executions{status="requested"} 0`,
		`petrel_execution_oldest_seconds{status="pending"} 0`,
		`petrel_store_seconds_count{call="commit"} `,
		`petrel_store_seconds_count{call="claim"} `,
	}
	limit := time.After(20 * time.Second)
	for {
		got := httptest.NewRecorder()
		a.Web.Handler().ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
		missing = slices.DeleteFunc(missing, func(want string) bool { return strings.Contains(got.Body.String(), "\n"+want) })
		if len(missing) == 0 {
			return
		}
		select {
		case <-limit:
			t.Fatalf("not counted are %q in\n%s", missing, got.Body)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
