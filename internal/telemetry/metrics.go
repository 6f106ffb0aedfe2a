package telemetry

import (
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/petrelops/petrel/bot"
)

// Metrics are all numbers of one process.
type Metrics struct {
	registry *prometheus.Registry
	families []Family
	reading  sync.Mutex // held while the page is read
	now      gauges

	messages   *prometheus.CounterVec
	executions *prometheus.CounterVec
	start      *prometheus.HistogramVec
	whole      *prometheus.HistogramVec
	posts      *prometheus.CounterVec
	post       *prometheus.HistogramVec
	events     *prometheus.CounterVec
	rules      *prometheus.CounterVec
	store      *prometheus.HistogramVec
	faults     *prometheus.CounterVec
}

// Family is what there is to be read under one name.
type Family struct {
	Name   string
	Kind   string // counter, gauge or histogram
	Labels []string
}

// Families returns what Petrel exports, in the order in which it was added; the numbers of Go and of the process are not among it.
func (m *Metrics) Families() []Family { return m.families }

func (m *Metrics) add(kind, name string, c prometheus.Collector, labels ...string) {
	m.registry.MustRegister(c)
	m.families = append(m.families, Family{namespace + "_" + name, kind, labels})
}

// gauges are how things stand when they are asked for.
type gauges struct {
	executions, oldest, outbox, link, polled, failures, missed *prometheus.GaugeVec
}

// The labels.
const (
	byAction  = "action"
	byAdapter = "adapter"
	byCall    = "call"
	byClass   = "class"
	byCode    = "code"
	byOutcome = "outcome"
	byRule    = "rule"
	bySensor  = "sensor"
	bySource  = "source"
	byStatus  = "status"
)

// New returns metrics that are all zero.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))

	m.messages = m.counter("messages_total", "Messages from people: accepted as work, answered at once, or refused with a code", byAdapter, byOutcome)
	m.executions = m.counter("executions_total", "Executions that ended in this process", byAction, byClass, byStatus)
	m.start = m.histogram("execution_start_seconds", "From when an execution could go on until its work began", waits(), byClass)
	m.whole = m.histogram("execution_seconds", "From when an execution was accepted until it ended", waits(), byClass)
	m.posts = m.counter("posts_total", "Calls that post or edit a reply: posted, edited, or failed with a code and tried again", byAdapter, byOutcome)
	m.post = m.histogram("post_seconds", "How long a call that posts or edits a reply took", calls(), byAdapter)
	m.events = m.counter("events_total", "Events that the rules have seen in this process", bySource, byStatus)
	m.rules = m.counter("rule_matches_total", "Rules that matched an event, or could not decide", byRule, byStatus)
	m.store = m.histogram("store_seconds", "How long a call of the store took", calls(), byCall)
	m.faults = m.counter("store_faults_total", "Calls of the store that failed", byCall, byCode)

	m.now = gauges{
		executions: m.gauge("executions", "Executions that have not ended, 500 for more than that", byStatus),
		oldest:     m.gauge("execution_oldest_seconds", "How long ago the oldest of them was accepted", byStatus),
		outbox:     m.gauge("outbox_waiting", "1 while any reply is still to be posted", byAdapter),
		link:       m.gauge("link_up", "1 while everything that is said on the platform comes", byAdapter),
		polled:     m.gauge("sensor_polled_seconds", "How long ago the sensor was polled, by whatever process", bySensor),
		failures:   m.gauge("sensor_failures", "How many polls of the sensor failed in a row", bySensor),
		missed:     m.gauge("sensor_missed_events", "How many events the sensor knows it did not tell of, since it is known", bySensor),
	}
	return m
}

const namespace = "petrel"

// waits are the limits for what people wait for, in seconds: from an answer at once up to an approval that takes a day.
func waits() []float64 {
	return []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400}
}

// calls are the limits for single calls, in seconds.
func calls() []float64 {
	return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}
}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.add("counter", name, v, labels...)
	return v
}

func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.add("gauge", name, v, labels...)
	return v
}

func (m *Metrics) histogram(name, help string, limits []float64, label string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: limits}, []string{label})
	m.add("histogram", name, v, label)
	return v
}

// Answered is told of each message that was answered (chat.Parts.Told).
func (m *Metrics) Answered(o bot.Origin, a bot.Answer, err error) {
	outcome := "answered"
	switch {
	case err != nil:
		outcome = string(bot.ErrorCode(err))
	case a.Execution != "":
		outcome = "accepted"
	}
	m.messages.WithLabelValues(o.Adapter, outcome).Inc()
}

// Ended is told of each execution that ended (executor.Parts.Told).
func (m *Metrics) Ended(e bot.Execution) {
	m.executions.WithLabelValues(e.Action, string(e.Class), string(e.Status)).Inc()
	m.whole.WithLabelValues(string(e.Class)).Observe(e.Ended.Sub(e.Created).Seconds())
	ready := e.Created
	for _, move := range e.History {
		switch move.Status {
		case bot.Requested:
			ready = move.At
		case bot.Running:
			m.start.WithLabelValues(string(e.Class)).Observe(move.At.Sub(ready).Seconds())
		}
	}
}

// Event is told of each event that the rules have seen, with where it came from (event.Parts.Watch).
func (m *Metrics) Event(source, status string) {
	kind, _, _ := strings.Cut(source, ":")
	switch kind {
	case "webhook", "sensor", "timer", "executor":
	default: // whoever emits one by hand may call its source what he likes
		kind = "other"
	}
	m.events.WithLabelValues(kind, status).Inc()
}

// Rule is told of each rule that matched or could not decide (event.Parts.Watch).
func (m *Metrics) Rule(ref, status string) { m.rules.WithLabelValues(ref, status).Inc() }
