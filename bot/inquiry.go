package bot

import "time"

// Inquiry is a question that an execution waits on: an approval that a policy asks for, or what an action of runner inquirer asks. Its id
// is that of the execution.
type Inquiry struct {
	ID       string      `json:"id"`
	Action   string      `json:"action"`
	Asker    Identity    `json:"asker"` // who wants the execution
	Origin   Origin      `json:"origin"`
	Policy   string      `json:"policy,omitempty"` // the policy that asks; empty for a question
	Created  time.Time   `json:"created"`
	Expires  time.Time   `json:"expires,omitzero"` // zero: never
	Hash     string      `json:"hash,omitempty"`   // of action, parameters and plan: what an approval is for
	Round    int         `json:"round,omitempty"`  // how often it was asked anew because what would be done had changed
	Plan     []string    `json:"plan,omitempty"`
	Params   [][2]string `json:"params,omitempty"` // as they are shown
	Required int         `json:"required"`
	Answers  []Approval  `json:"answers,omitempty"`
	Decision Verdict     `json:"decision,omitempty"` // empty while it is open
	Why      string      `json:"why,omitempty"`      // why it is asked: the condition, or what changed since an earlier answer
	Who      string      `json:"who,omitempty"`      // who may answer, for people

	// Confirmed is the word of whoever asks that the plan is what he wants, where he had to give it before others were asked.
	Confirmed *Approval `json:"confirmed,omitempty"`

	// Ask is what a question wants to know; nil for an approval.
	Ask *Question `json:"ask,omitempty"`
	// Response is what was answered to it. Secret values are sealed.
	Response map[string]any `json:"response,omitempty"`

	Escalate  time.Time `json:"escalate,omitzero"`  // when others are asked as well; zero: never
	Escalated time.Time `json:"escalated,omitzero"` // when they were; they may answer from then on
	// Posted is where the question stands beside the thread of whoever asks.
	Posted []Prompt `json:"posted,omitempty"`
}

// Mark tells the plan that is asked about from the one that was asked about before. A yes must name it, because whoever gives it may have
// the earlier one before his eyes. It is empty the first time.
func (i Inquiry) Mark() string {
	const enough = 8
	if i.Round == 0 || len(i.Hash) < enough {
		return ""
	}
	return i.Hash[:enough]
}

// Prompt is a message that shows a question.
type Prompt struct {
	Key    string `json:"key"` // of its posting
	Origin Origin `json:"origin"`
}

// Question is what an action of runner inquirer asks, in StackStorm's words (contrib/runners/inquirer_runner).
type Question struct {
	Schema map[string]any `json:"schema"` // of the answer, which is an object
	Roles  []string       `json:"roles"`  // whoever answers has one of them
	Users  []string       `json:"users"`  // and is one of these people
	Route  string         `json:"route"`  // the channel where it is posted; empty: where the action was asked for
	TTL    int            `json:"ttl"`    // minutes until it expires; 0 and less: never
}

// Approval is one person's answer.
type Approval struct {
	By      string    `json:"by"` // identity
	Account string    `json:"account"`
	Email   string    `json:"email,omitempty"` // that the platform vouches for
	Yes     bool      `json:"yes"`
	Confirm bool      `json:"confirm,omitempty"` // it is the word of whoever asked about the plan
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// Verdict is how an inquiry ended.
type Verdict string

// The verdicts.
const (
	Approved Verdict = "approved"
	Denied   Verdict = "denied"
	Answered Verdict = "answered"
	Expired  Verdict = "expired" // never consent
	Void     Verdict = "void"    // it is not asked any more: the execution was canceled
)
