package config

import "github.com/petrelops/petrel/bot"

// Access is who people are and what they may do. It stands in the configuration file and in files of its own.
type Access struct {
	People      []Person     `yaml:"people" doc:"Who is behind which accounts. Where there are people, an account that belongs to none of them may only do what is public; where there are none, each account is a person of its own. See docs/people.md."`
	Permissions []Permission `yaml:"permissions" doc:"Who may run what. A rule that denies wins over all that allow, their order never matters, and what no rule allows is denied. All that a rule names must fit; of a list, one."`
}

// Person is somebody with accounts.
type Person struct {
	ID       string   `yaml:"id" doc:"The name of the person in rules, history and audit log. It never changes and is no display name." example:"root" required:"true"`
	Name     string   `yaml:"name" doc:"The name for people to read. Nobody is ever found by it." example:"Administrator"`
	Accounts []string `yaml:"accounts" doc:"The accounts of this person, as in slack:T012/U345, discord:123/456, console:ann or shell:ann, or email:ann@example.com where adapters.slack.identity_by_email is true. An account belongs to one person." example:"[\"shell:root\"]"`
	Roles    []string `yaml:"roles" doc:"What the person is, for rules and approvals." example:"[admin]"`
	Groups   []string `yaml:"groups" doc:"Where the person belongs, for rules and approvals." example:"[]"`

	Source string `yaml:"-"` // file:line
}

// Permission is one rule.
type Permission struct {
	Name     string               `yaml:"name" doc:"What the rule is called in tests and explanations." example:"\"\""`
	Effect   string               `yaml:"effect" doc:"allow or deny." default:"allow" oneof:"allow deny"`
	Reason   string               `yaml:"reason" doc:"What somebody is told whom the rule denies something: why, and what to do instead." example:"\"\""`
	Identity string               `yaml:"identity" doc:"Who: a person or an account such as console:ann, slack:T012/U345 or shell:root. * stands for any text, here and in all names below." example:"shell:root"`
	Public   bool                 `yaml:"public" doc:"Everybody, and accounts that belong to nobody." example:"false"`
	People   []string             `yaml:"people" doc:"Who: people, by id." example:"[]"`
	Accounts []string             `yaml:"accounts" doc:"Who: those who write from these accounts." example:"[]"`
	Roles    []string             `yaml:"roles" doc:"Who: those with one of these roles." example:"[]"`
	Groups   []string             `yaml:"groups" doc:"Who: those in one of these groups." example:"[]"`
	Adapters []string             `yaml:"adapters" doc:"From where: console, shell, slack, discord." example:"[]"`
	Channels []string             `yaml:"channels" doc:"From where: channels, as in slack:T012/C345." example:"[]"`
	Action   string               `yaml:"action" doc:"What: an action ref such as clary.node.status.get." example:"\"*\""`
	Actions  []string             `yaml:"actions" doc:"What: several of them." example:"[]"`
	Packs    []string             `yaml:"packs" doc:"What: the actions of these packs." example:"[]"`
	Classes  []bot.Class          `yaml:"classes" doc:"What: actions of these classes: read, idempotent, once. Empty means all." example:"[]" oneof:"read idempotent once"`
	Params   map[string]Condition `yaml:"params" doc:"With what: conditions on parameters by name. An allow rule needs all values to fit, a deny rule one. equal and glob take texts; within, outside and touches take a node set, as in hosts: {within: \"@gpu\"}." example:"{}"`

	Source string `yaml:"-"` // file:line
}

// Condition is what a rule demands of a parameter's value. All that is set must fit.
type Condition struct {
	Equal   []string `yaml:"equal"`
	Glob    []string `yaml:"glob"`
	Within  string   `yaml:"within"`
	Outside string   `yaml:"outside"`
	Touches string   `yaml:"touches"`

	Source string `yaml:"-"` // file:line
}
