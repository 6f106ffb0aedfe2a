package bot

import "context"

// Request tells a handler who asked for what.
type Request struct {
	Execution string
	Action    string
	Identity  Identity
	Origin    Origin
	Attempt   int   // 1 for the first worker
	Cause     Cause // the event that wished it; zero for a person
}

// Job is what the executor hands to a handler at work.
type Job interface {
	// Request tells who asked for what.
	Request() Request
	// Plan returns what Plan found in this same attempt, so that Do need not look again; nil for an action without Plan.
	Plan() *Plan
	// Progress says how far the work is. It never blocks and never fails; the living reply shows it at most once a second.
	Progress(Progress)
	// Checkpoints returns the marks of earlier attempts, by target.
	Checkpoints(ctx context.Context) (map[string]Checkpoint, error)
	// Mark records a checkpoint. It is durable when Mark returns, but for the done marks of a repeatable action: those wait for
	// the next write, since losing one costs the next attempt no more than a read. It returns an error with CodeFenced when
	// another worker owns the execution: the handler must stop then. A target that was marked done is not begun again in the
	// same attempt.
	Mark(ctx context.Context, c Checkpoint) error
}

// Progress is how far a running action has come.
type Progress struct {
	Done  int    `json:"done"`
	Total int    `json:"total"` // 0 when it is not known
	Text  string `json:"text,omitempty"`
}

// Phase is how far the work on one target has come.
type Phase string

// The phases.
const (
	Intent Phase = "intent" // the call is about to be made; whether it was is not known
	Done   Phase = "done"   // the call was answered
)

// Checkpoint is what an attempt leaves behind about one target, for the attempt that may follow it.
type Checkpoint struct {
	Target string   `json:"target"`
	Phase  Phase    `json:"phase"`
	From   string   `json:"from,omitempty"` // the state that was read before the call
	Path   []string `json:"path,omitempty"` // the states that the call leads through, the wanted one last
	Note   string   `json:"note,omitempty"`
}

// Plan is what an action would do. Making it writes nothing.
type Plan struct {
	Lines   []string // for people
	Changes []Change // for the machine: an approval binds to them
	Blocked string   // why the action cannot run, for people; empty when it can
}

// Change is one change of a plan.
type Change struct {
	Targets []string
	From    string
	Path    []string // the states to go through, the wanted one last; empty when nothing needs to be done
}

// Result is what an action found or did.
type Result struct {
	Summary string  // one line
	Blocks  []Block // typed; never rendered for one platform
	Data    any     // for programs: -j, rules, workflows; JSON-marshalable
}

// Finding is what Verify found out about an execution whose worker died.
type Finding string

// The findings.
const (
	Happened    Finding = "happened"
	NotHappened Finding = "not_happened"
	Unknown     Finding = "unknown"
	Left        Finding = "left" // a person decided to leave it unknown; no handler finds this
)

// Doer runs an action. Do returns a result and an error together when part of the work was done.
type Doer[P any] interface {
	Do(ctx context.Context, job Job, params P) (Result, error)
}

// Planner says what Do would change. It must not make a write call. Every action that is not of class read has one.
type Planner[P any] interface {
	Plan(ctx context.Context, request Request, params P) (Plan, error)
}

// Verifier finds out, reading only, whether an interrupted Do of class once had its effect.
type Verifier[P any] interface {
	Verify(ctx context.Context, job Job, params P) (Finding, Result, error)
}

// Completer offers live values for some parameters, at most limit, beginning with prefix.
type Completer interface {
	// Completes names the parameters that there are values for. Complete is asked for no other.
	Completes() []string
	Complete(ctx context.Context, param, prefix string, limit int) ([]string, error)
}
