package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/sensor"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// row is a line of the page about one name.
var row = regexp.MustCompile("(?m)^\\| `(petrel_[a-z_]+)` \\| ([a-z]+) \\| ([^|]+) \\|")

// The page lists exactly what is exported, with its labels.
func TestPageListsWhatIsExported(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed, exported []string
	for _, found := range row.FindAllStringSubmatch(string(page), -1) {
		listed = append(listed, fmt.Sprintf("%s %s %s", found[1], found[2], strings.ReplaceAll(found[3], "`", "")))
	}
	for _, f := range telemetry.New().Families() {
		exported = append(exported, fmt.Sprintf("%s %s %s", f.Name, f.Kind, strings.Join(f.Labels, ", ")))
	}
	if diff := cmp.Diff(exported, listed); diff != "" {
		t.Errorf("docs/metrics.md (-exported +listed):\n%s", diff)
	}
}

// No label can have a value without bound: those that may come from packs, the configuration or a short list are named here.
func TestLabelsAreBounded(t *testing.T) {
	bounded := []string{"action", "adapter", "call", "class", "code", "outcome", "rule", "sensor", "source", "status"}
	for _, f := range telemetry.New().Families() {
		for _, label := range f.Labels {
			if !slices.Contains(bounded, label) {
				t.Errorf("%s has the label %s", f.Name, label)
			}
		}
	}
}

var errAway = bot.E(bot.CodeUnavailable, "test.away", "It is away.", nil)

// broken is a store and an adapter that take a while and fail when they are told to.
type broken struct {
	store.Store
	clock *clock.Fake
	fault error
}

func (b *broken) wait() error {
	b.clock.Advance(20 * time.Millisecond)
	return b.fault
}

func (b *broken) Commit(context.Context, store.Batch) error { return b.wait() }
func (b *broken) Get(context.Context, store.Key) (store.Record, error) {
	return store.Record{}, errors.Join(b.wait(), store.NotFound(store.Key{}))
}

func (b *broken) List(context.Context, store.Query) (store.Page, error) {
	return store.Page{}, b.wait()
}

func (b *broken) Claim(context.Context, store.ClaimOptions) ([]store.Claim, error) {
	return nil, b.wait()
}

func (b *broken) Renew(context.Context, time.Duration, []store.Claim) ([]store.Claim, error) {
	return nil, b.wait()
}

func (b *broken) Acquire(context.Context, store.Acquire) ([]store.Blocker, error) {
	return nil, b.wait()
}

func (b *broken) Now(context.Context) (time.Time, error)            { return b.clock.Now(), b.fault }
func (b *broken) Name() string                                      { return "chat" }
func (b *broken) Run(context.Context, bot.Receiver) error           { return nil }
func (b *broken) Post(context.Context, bot.Posting) (string, error) { return "1", b.wait() }
func (b *broken) Edit(context.Context, string, bot.Posting) error   { return b.wait() }
func (b *broken) Link() (s bot.LinkState)                           { return s }
func (b *broken) Unposted(context.Context, string) (bool, error)    { return true, b.fault }
func (b *broken) States(context.Context) ([]sensor.State, error) {
	return []sensor.State{{Ref: "p.sensor", Polled: b.clock.Now().Add(-time.Minute), Failures: 2, Missed: 7}, {Ref: "p.new"}}, b.fault
}

func (b *broken) Backlog(_ context.Context, status bot.Status) (executor.Backlog, error) {
	if status != bot.Pending {
		return executor.Backlog{}, b.fault
	}
	return executor.Backlog{Count: 3, Oldest: b.clock.Now().Add(-time.Hour)}, b.fault
}

// lines returns what the page has under the names of Petrel, sums and counts alone of histograms.
func lines(t *testing.T, h http.Handler) []string {
	t.Helper()
	got := httptest.NewRecorder()
	h.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "go_goroutines") {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	var list []string
	for line := range strings.Lines(got.Body.String()) {
		if strings.HasPrefix(line, "petrel_") && !strings.Contains(line, "_bucket{") {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

func TestMetrics(t *testing.T) {
	ctx, m := t.Context(), telemetry.New()
	b := &broken{clock: clock.NewFake(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC))}
	at := b.clock.Now()
	m.Answered(bot.Origin{Adapter: "chat", User: "ann"}, bot.Answer{Execution: "1"}, nil)
	m.Answered(bot.Origin{Adapter: "chat", User: "ann"}, bot.Answer{}, nil)
	m.Answered(bot.Origin{Adapter: "chat", User: "eve"}, bot.Answer{}, bot.E(bot.CodeDenied, "a.b.c", "No.", nil))
	m.Ended(bot.Execution{
		Action: "p.a", Class: bot.Once, Status: bot.Succeeded, Created: at, Ended: at.Add(time.Minute),
		History: []bot.Move{{Status: bot.Requested, At: at}, {Status: bot.Pending, At: at}, {Status: bot.Requested, At: at.Add(30 * time.Second)}, {Status: bot.Running, At: at.Add(32 * time.Second)}},
	})
	for _, source := range []string{"webhook:ci", "sensor:p.sensor", "timer", "shell:ann", "whatever somebody types"} {
		m.Event(source, "processed")
	}
	m.Rule("p.r", "succeeded")
	s, a := m.Store(b, b.clock), m.Posts(b, b.clock)
	for _, b.fault = range []error{nil, errAway} {
		_ = s.Commit(ctx, store.Batch{})
		_, _ = s.Get(ctx, store.Key{})
		_, _ = s.List(ctx, store.Query{})
		_, _ = s.Claim(ctx, store.ClaimOptions{})
		_, _ = s.Renew(ctx, 0, nil)
		_, _ = s.Acquire(ctx, store.Acquire{})
		_, _ = a.Post(ctx, bot.Posting{})
		_ = a.Edit(ctx, "1", bot.Posting{})
	}
	b.fault = store.Conflict(store.Key{})
	_ = s.Commit(ctx, store.Batch{}) // an answer, not a fault
	b.fault = nil
	page := m.Page(telemetry.Now{Work: b, Sensors: b.States, Chats: func() []bot.Adapter { return []bot.Adapter{b} }, Time: b.Now})
	want := strings.Split(strings.TrimSpace(`
petrel_events_total{source="other",status="processed"} 2
petrel_events_total{source="sensor",status="processed"} 1
petrel_events_total{source="timer",status="processed"} 1
petrel_events_total{source="webhook",status="processed"} 1
petrel_execution_oldest_seconds{status="delayed"} 0
petrel_execution_oldest_seconds{status="pending"} 3600
petrel_execution_oldest_seconds{status="requested"} 0
petrel_execution_oldest_seconds{status="running"} 0
petrel_execution_seconds_sum{class="once"} 60
petrel_execution_seconds_count{class="once"} 1
petrel_execution_start_seconds_sum{class="once"} 2
petrel_execution_start_seconds_count{class="once"} 1
petrel_executions{status="delayed"} 0
petrel_executions{status="pending"} 3
petrel_executions{status="requested"} 0
petrel_executions{status="running"} 0
petrel_executions_total{action="p.a",class="once",status="succeeded"} 1
petrel_link_up{adapter="chat"} 1
petrel_messages_total{adapter="chat",outcome="accepted"} 1
petrel_messages_total{adapter="chat",outcome="answered"} 1
petrel_messages_total{adapter="chat",outcome="denied"} 1
petrel_outbox_waiting{adapter="chat"} 1
petrel_post_seconds_sum{adapter="chat"} 0.08
petrel_post_seconds_count{adapter="chat"} 4
petrel_posts_total{adapter="chat",outcome="edited"} 1
petrel_posts_total{adapter="chat",outcome="posted"} 1
petrel_posts_total{adapter="chat",outcome="unavailable"} 2
petrel_rule_matches_total{rule="p.r",status="succeeded"} 1
petrel_sensor_failures{sensor="p.new"} 0
petrel_sensor_failures{sensor="p.sensor"} 2
petrel_sensor_missed_events{sensor="p.new"} 0
petrel_sensor_missed_events{sensor="p.sensor"} 7
petrel_sensor_polled_seconds{sensor="p.sensor"} 60
petrel_store_faults_total{call="acquire",code="unavailable"} 1
petrel_store_faults_total{call="claim",code="unavailable"} 1
petrel_store_faults_total{call="commit",code="unavailable"} 1
petrel_store_faults_total{call="get",code="unavailable"} 1
petrel_store_faults_total{call="list",code="unavailable"} 1
petrel_store_faults_total{call="renew",code="unavailable"} 1
petrel_store_seconds_sum{call="acquire"} 0.04
petrel_store_seconds_count{call="acquire"} 2
petrel_store_seconds_sum{call="claim"} 0.04
petrel_store_seconds_count{call="claim"} 2
petrel_store_seconds_sum{call="commit"} 0.06
petrel_store_seconds_count{call="commit"} 3
petrel_store_seconds_sum{call="get"} 0.04
petrel_store_seconds_count{call="get"} 2
petrel_store_seconds_sum{call="list"} 0.04
petrel_store_seconds_count{call="list"} 2
petrel_store_seconds_sum{call="renew"} 0.04
petrel_store_seconds_count{call="renew"} 2`), "\n")
	if diff := cmp.Diff(want, lines(t, page)); diff != "" {
		t.Errorf("the page (-want +got):\n%s", diff)
	}

	// While the store is away the page is there, without what only the store knows.
	b.fault = errAway
	for _, line := range lines(t, page) {
		if strings.HasPrefix(line, "petrel_executions{") || strings.HasPrefix(line, "petrel_sensor_") || strings.HasPrefix(line, "petrel_outbox") {
			t.Errorf("without the store it still says %s", line)
		}
	}
}
