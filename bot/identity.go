package bot

// Identity is the person behind an account, as the configuration maps it.
type Identity struct {
	ID     string   `json:"id"`               // unique name; the account itself where nothing is mapped
	Name   string   `json:"name,omitempty"`   // for display and for the user field of systems that keep a logbook
	Roles  []string `json:"roles,omitempty"`  // sorted
	Groups []string `json:"groups,omitempty"` // sorted
}

// Decision is the answer of the permission point.
type Decision struct {
	Allowed bool
	Rule    string // the rule that decided, as file:line or name; empty when none matched
	Why     string // a sentence for the person
}
