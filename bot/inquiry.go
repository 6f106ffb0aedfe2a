package bot

import "time"

// Inquiry is a question that an execution waits on. Its id is that of the execution.
type Inquiry struct {
	ID       string      `json:"id"`
	Action   string      `json:"action"`
	Asker    Identity    `json:"asker"` // who wants the execution
	Origin   Origin      `json:"origin"`
	Policy   string      `json:"policy"` // the policy that asks
	Created  time.Time   `json:"created"`
	Expires  time.Time   `json:"expires"`
	Hash     string      `json:"hash"` // of action, parameters and plan: what an approval is for
	Plan     []string    `json:"plan,omitempty"`
	Params   [][2]string `json:"params,omitempty"` // as they are shown
	Required int         `json:"required"`
	Answers  []Approval  `json:"answers,omitempty"`
	Decision Verdict     `json:"decision,omitempty"` // empty while it is open
	Why      string      `json:"why,omitempty"`      // why it is asked: the condition, or what changed since an earlier answer
}

// Approval is one person's answer.
type Approval struct {
	By      string    `json:"by"` // identity
	Account string    `json:"account"`
	Yes     bool      `json:"yes"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// Verdict is how an inquiry ended.
type Verdict string

// The verdicts.
const (
	Approved Verdict = "approved"
	Denied   Verdict = "denied"
	Expired  Verdict = "expired" // never consent
	Void     Verdict = "void"    // what was approved is not what would run
)
