package bot

// Class says what may happen to an execution after its worker died (docs/guarantees.md).
type Class string

// The classes.
const (
	Read       Class = "read"       // changes nothing: run again
	Idempotent Class = "idempotent" // doing it twice equals doing it once: run again
	Once       Class = "once"       // never run again by itself: abandoned, and a person decides
)

// Valid reports whether c is one of the classes.
func (c Class) Valid() bool { return c == Read || c == Idempotent || c == Once }

// Mutates reports whether an action of this class changes anything outside Petrel.
func (c Class) Mutates() bool { return c != Read }

// Repeatable reports whether an execution whose worker died may run again without asking a person.
func (c Class) Repeatable() bool { return c == Read || c == Idempotent }
