package bot

// Call is what the permission point decides about: who wants to run what, with which parameters, from where.
type Call struct {
	Identity Identity
	Origin   Origin
	Action   *ActionSpec
	Params   map[string]any // nil when only the action as such is asked about, as help does
}
