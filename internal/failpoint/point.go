package failpoint

// Point is a place on the way of a command.
type Point string

// The points, in the order in which a command meets them.
const (
	Receive         Point = "receive"          // a message came, nothing is stored yet
	AcceptAfter     Point = "accept.after"     // the command is durable, the platform not acknowledged
	AckAfter        Point = "ack.after"        // the platform has our acknowledgement
	ClaimAfter      Point = "claim.after"      // a worker has the lease and has done nothing with it
	LockAfter       Point = "lock.after"       // the places are taken, the plan not made
	BeginAfter      Point = "begin.after"      // the status is running, the handler not called
	EffectBefore    Point = "effect.before"    // the next thing is the handler's Do
	CheckpointAfter Point = "checkpoint.after" // a mark of the handler is durable: mostly an intent, its call not made
	EffectAfter     Point = "effect.after"     // Do has returned, its end is not recorded
	RecordAfter     Point = "record.after"     // the end is recorded, the reply on its way
	ReplyBefore     Point = "reply.before"     // the next thing is the call that posts or edits
	ReplyAfter      Point = "reply.after"      // it was posted, and that is not on record
)

// The points on the way of a question, which is an approval or what core.ask asks.
const (
	AskAfter      Point = "ask.after"      // the question is durable, and nobody was told
	RespondBefore Point = "respond.before" // somebody's answer came, and nothing of it is stored
	RespondAfter  Point = "respond.after"  // the answer is durable, and whoever gave it was not told
	EscalateAfter Point = "escalate.after" // it is durable that others are asked as well, and they were not told
	ExpireAfter   Point = "expire.after"   // it is durable that nobody answered in time, and the end of the execution is not
)

// EmitAfter is not on the way of a command: the event of a sensor is durable, and that it was told is not.
const EmitAfter Point = "emit.after"

// Torn lies between the two halves of a write that a defect tore apart. It is met by a mutant only.
const Torn Point = "mutant.torn"

// Points returns every point on the way of a command.
func Points() []Point {
	return []Point{
		Receive, AcceptAfter, AckAfter, ClaimAfter, LockAfter, BeginAfter, EffectBefore, CheckpointAfter, EffectAfter, RecordAfter,
		ReplyBefore, ReplyAfter,
	}
}

// QuestionPoints returns every point that only a question meets.
func QuestionPoints() []Point {
	return []Point{AskAfter, RespondBefore, RespondAfter, EscalateAfter, ExpireAfter}
}

// Defect is a way in which a build is broken on purpose. The harness demands that its checker catches each.
type Defect string

// The defects.
const (
	AckBeforeAccept   Defect = "ack-before-accept"   // the platform is acknowledged before the command is durable
	DedupeForgets     Defect = "dedupe-forgets"      // the dedupe key lives shorter than the platform's last retry takes
	DropRetries       Defect = "drop-retries"        // a delivery that says it is a repetition is acknowledged and dropped
	RetryOnce         Defect = "retry-once"          // class once is run again after a death
	ReplyBeforeRecord Defect = "reply-before-record" // the final reply goes out before the end is recorded
	NoFence           Defect = "no-fence"            // no write asks whether its claim is current
	TakeoverEarly     Defect = "takeover-early"      // an execution is claimed although its worker lives
	LocalClock        Defect = "local-clock"         // deadlines are reckoned by the process's own clock
	NoLocks           Defect = "no-locks"            // whoever asks for a lock is told that he has it
	SelfApproves      Defect = "self-approves"       // whoever asks counts as one of those who approve
	Unbound           Defect = "unbound"             // an approval counts although the plan has changed
	AuditAfter        Defect = "audit-after"         // an effect begins although no line of the audit log announces it
	RetryBlind        Defect = "retry-without-look"  // a post whose answer was lost is made again without a look for the first
	ForgetsSequence   Defect = "forgets-sequence"    // where another process stopped to listen is not looked for
	NoLookBack        Defect = "no-look-back"        // what was said while a platform was not heard is not looked for
	EventTwice        Defect = "event-twice"         // the event of a sensor that was told before is another one
	SlotTwice         Defect = "slot-twice"          // a slot of a timer is emitted although another process was first
	AnyDecision       Defect = "any-decision"        // an answer to a question counts although there was one
	CountsTwice       Defect = "counts-twice"        // a click that comes again counts as one of another person
)

// Newer is no defect: the process is as one of the next version, and writes executions in a form that this build does not know.
const (
	Newer Defect = "newer"
)

// Defects returns every defect.
func Defects() []Defect {
	return []Defect{
		AckBeforeAccept, DedupeForgets, DropRetries, RetryOnce, ReplyBeforeRecord, NoFence, TakeoverEarly, LocalClock, NoLocks,
		SelfApproves, Unbound, AuditAfter, RetryBlind, ForgetsSequence, NoLookBack, EventTwice, SlotTwice, AnyDecision, CountsTwice, Newer,
	}
}
