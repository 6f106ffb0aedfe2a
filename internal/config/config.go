// Package config reads Petrel's configuration file. Each setting is described once, by the tags of its field: from them come the
// defaults, config.example.yaml and docs/reference/settings.md. It is also the only package that reads the environment.
package config

import "time"

// Config is the whole configuration. The tags of each field are its YAML name (yaml), what it means (doc), the value it has when the
// file does not name it (default) and what config.example.yaml shows (example; the default where there is none).
type Config struct {
	Data     string   `yaml:"data" doc:"Folder for the database, the key file and the wake-up sockets. It is made with mode 0700; whoever can write it is trusted." default:"/var/lib/petrel"`
	KeyFile  string   `yaml:"key_file" doc:"File with the key that secret values are encrypted with; it is made at the first start. Empty is petrel.key in the data folder. Machines that share a store share a copy of it." example:"\"\""`
	Store    Store    `yaml:"store" doc:"Where all shared state lives."`
	Log      Log      `yaml:"log" doc:"What is written to standard error."`
	Adapters Adapters `yaml:"adapters" doc:"The chat platforms to join."`
	Packs    []string `yaml:"packs" doc:"Folders of packs to read after the built-in ones, in StackStorm's layout." example:"[]"`
	Access
	AccessFiles   []string      `yaml:"access_files" doc:"Files with more people and permissions, in the same form. A path is taken from the folder of this file. SIGHUP has petrel serve read them, and this file's people and permissions, anew." example:"[]"`
	Executor      Executor      `yaml:"executor" doc:"How executions are run."`
	Events        Events        `yaml:"events" doc:"What happens outside of chats: rules, timers and webhooks. docs/rules.md tells how."`
	Timezone      Zone          `yaml:"timezone" doc:"Whose wall clock people mean when they schedule something in a chat, as in Europe/Berlin. A schedule keeps the zone that it was made in." default:"UTC"`
	Schedules     Schedules     `yaml:"schedules" doc:"What people have run later (docs/schedules.md)."`
	Notifications Notifications `yaml:"notifications" doc:"How channels are told of events (docs/notifications.md)."`
	HTTP          HTTP          `yaml:"http" doc:"Petrel's own HTTP server, for webhooks and for whoever watches it. docs/webhooks.md tells how."`
	Guards        Guards        `yaml:"guards" doc:"What keeps people from mishaps (docs/freeze.md)."`
	Clary         Clary         `yaml:"clary" doc:"The Clary life-cycle manager. Its actions are not runnable while url is empty."`
}

// Store says where all shared state lives.
type Store struct {
	Driver string `yaml:"driver" doc:"sqlite for one machine, a file in the data folder; redis for several." default:"sqlite" oneof:"sqlite redis"`
	Redis  Redis  `yaml:"redis" doc:"The Redis server, used when the driver is redis. It must keep what it is told: appendonly yes, maxmemory-policy noeviction."`
}

// Redis is how the Redis server is reached.
type Redis struct {
	Addresses        []string `yaml:"addresses" doc:"host:port of the server, of some nodes of a Cluster, or of the Sentinels." example:"[\"127.0.0.1:6379\"]"`
	Cluster          bool     `yaml:"cluster" doc:"The one address is a node of a Cluster. Several always are." default:"false"`
	Master           string   `yaml:"master" doc:"The name under which the Sentinels know the primary." example:"\"\""`
	Username         string   `yaml:"username" doc:"User of Redis." example:"\"\""`
	Password         Secret   `yaml:"password" doc:"Its password, as env:NAME or file:PATH." example:"env:REDIS_PASSWORD"`
	SentinelUsername string   `yaml:"sentinel_username" doc:"User of the Sentinels." example:"\"\""`
	SentinelPassword Secret   `yaml:"sentinel_password" doc:"Its password, as env:NAME or file:PATH." example:"\"\""`
	Database         int      `yaml:"database" doc:"Number of the database." default:"0" min:"0" max:"1000000"`
	TLS              bool     `yaml:"tls" doc:"Talk TLS to it." default:"false"`
	Prefix           string   `yaml:"prefix" doc:"What every key begins with, so that two Petrels can share a server." default:"petrel"`
}

// Log says how much is logged and how.
type Log struct {
	Level  string `yaml:"level" doc:"debug, info, warn or error." default:"info" oneof:"debug info warn error"`
	Format string `yaml:"format" doc:"json or text." default:"json" oneof:"json text"`
}

// Adapters are the chat platforms.
type Adapters struct {
	Console Console `yaml:"console" doc:"Lines typed at the terminal that petrel serve was started in."`
	Slack   Slack   `yaml:"slack" doc:"Slack, joined where a workspace is named. docs/slack.md tells how."`
	Discord Discord `yaml:"discord" doc:"Discord, joined where a token is named. docs/discord.md tells how."`
	Relay   Relay   `yaml:"relay" doc:"A chat that a program of yours joins through a plain HTTP protocol (internal/sim/chat has it in writing)."`
}

// Discord is how Discord is joined.
type Discord struct {
	Token          Secret   `yaml:"token" doc:"Token of the bot, as env:NAME or file:PATH. Empty joins nothing." example:"env:DISCORD_TOKEN"`
	APIURL         string   `yaml:"api_url" doc:"Base address of the REST API. Empty is Discord's; petrel sim discord has another." example:"\"\""`
	Command        string   `yaml:"command" doc:"The application command that is the bot's." default:"petrel"`
	NativePacks    []string `yaml:"native_packs" doc:"Packs that have a command of their own in Discord, with a subcommand for each alias and an option for each parameter." default:"[]"`
	Prefix         string   `yaml:"prefix" doc:"What a message to the bot may begin with, where message_content is true." default:"!petrel"`
	MessageContent bool     `yaml:"message_content" doc:"Ask for the message content intent, which has to be granted at discord.com/developers." default:"false"`
	PublicKey      string   `yaml:"public_key" doc:"Public key of the application. With it interactions are taken over HTTP, at /discord/interactions of http.listen, instead of through the gateway." example:"\"\""`
	Threads        bool     `yaml:"threads" doc:"Give each execution that a message in a server asks for a thread at that message. The bot needs the permissions to begin threads and to write there." default:"false"`
}

// Slack is how Slack is joined.
type Slack struct {
	Workspaces []SlackWorkspace `yaml:"workspaces" doc:"The workspaces to join."`
	Commands   []string         `yaml:"commands" doc:"The slash commands that are the bot's." default:"[/petrel]"`
	Name       string           `yaml:"name" doc:"What people call the bot; a direct message may begin with it." default:"petrel"`
	HTTP       SlackHTTP        `yaml:"http" doc:"How Slack reaches the bot where Socket Mode is not wanted."`
	Sockets    int              `yaml:"sockets" doc:"How many connections this process holds to each workspace. Slack allows ten for all processes together." default:"2" min:"1" max:"10"`
	Guests     string           `yaml:"guests" doc:"What happens to commands of guest accounts: refuse, ignore or allow." default:"refuse" oneof:"refuse ignore allow"`
	Strangers  string           `yaml:"strangers" doc:"The same for people of other workspaces in shared channels." default:"refuse" oneof:"refuse ignore allow"`
	Emails     bool             `yaml:"identity_by_email" doc:"Know a full member of the workspace also as email:<address> of their profile, which accounts of people may name. The app needs the scope users:read.email for it; petrel slack manifest adds it." default:"false"`
}

// SlackWorkspace is one workspace.
type SlackWorkspace struct {
	BotToken Secret `yaml:"bot_token" doc:"Token of the installed app (xoxb-), as env:NAME or file:PATH." example:"env:SLACK_BOT_TOKEN" required:"true"`
	AppToken Secret `yaml:"app_token" doc:"App-level token with the scope connections:write (xapp-), as env:NAME or file:PATH. It opens the sockets; over HTTP it is not needed." example:"env:SLACK_APP_TOKEN"`
	Secret   Secret `yaml:"signing_secret" doc:"Signing secret of the app, as env:NAME or file:PATH. It is needed over HTTP alone." example:"\"\""`
	APIURL   string `yaml:"api_url" doc:"Base address of the Web API. Empty is Slack's; petrel sim slack has another." example:"\"\""`
}

// SlackHTTP is the way in for events, slash commands and presses over HTTP.
type SlackHTTP struct {
	URL string `yaml:"url" doc:"The https address at which Slack finds the bot, without /slack/events and the like: a proxy that speaks TLS, in front of http.listen. It goes into the manifest, and petrel doctor slack looks there. Empty is Socket Mode." example:"\"\""`
}

// On reports whether Slack posts what people say.
func (h SlackHTTP) On() bool { return h.URL != "" }

// Console is the terminal as a chat.
type Console struct {
	Enabled bool   `yaml:"enabled" doc:"Read lines from standard input." default:"false"`
	Person  string `yaml:"person" doc:"The account that typed lines belong to is console:<person>." default:"operator"`
}

// Relay is a chat behind the relay protocol.
type Relay struct {
	Enabled   bool   `yaml:"enabled" doc:"Join it." default:"false"`
	URL       string `yaml:"url" doc:"Base address of the protocol. Whoever answers there says who typed what, so let it be a program that you trust." example:"http://127.0.0.1:8089/"`
	Workspace string `yaml:"workspace" doc:"Tells this chat from others: an account is relay:<workspace>/<user>, or relay:<user> when it is empty." example:"\"\""`
	Sockets   int    `yaml:"sockets" doc:"How many streams of messages are kept open." default:"1" min:"1" max:"10"`
}

// Executor says how executions are run.
type Executor struct {
	Workers   int           `yaml:"workers" doc:"How many executions run at once." default:"16" min:"1" max:"1000"`
	Lease     time.Duration `yaml:"lease" doc:"How long a worker may be silent before another takes its execution over." default:"30s" min:"1s" max:"10m"`
	Timeout   time.Duration `yaml:"timeout" doc:"How long an action may take that names no timeout of its own." default:"10m" min:"1s" max:"168h"`
	Drain     time.Duration `yaml:"drain" doc:"How long running actions may go on after Petrel was asked to stop." default:"20s" min:"0s" max:"10m"`
	Retention time.Duration `yaml:"retention" doc:"How long executions are kept after their last change." default:"720h" min:"1h" max:"87600h"`
	Audit     time.Duration `yaml:"audit" doc:"How long lines of the audit log are kept." default:"8760h" min:"1h" max:"87600h"`
}

// Guards keep people from mishaps.
type Guards struct {
	Repeat     time.Duration `yaml:"repeat" doc:"For how long the same command of class once (same person, action and parameters) is taken for a mistake and asked about first. 0s takes none for one." default:"2m" min:"0s" max:"24h"`
	Rate       int           `yaml:"rate" doc:"How many commands of one person are accepted within a minute, by all processes together. Answers and questions to the bot do not count, and each shell counts for itself. 0 is no limit." default:"60" min:"0" max:"100000"`
	BreakGlass BreakGlass    `yaml:"break_glass" doc:"The approval by which a command runs in spite of a freeze (break-glass in front of it). Without roles and users nothing does."`
}

// BreakGlass says who may let a command through a freeze.
type BreakGlass struct {
	Roles    []string      `yaml:"roles" doc:"Whoever has one of these roles may approve it." example:"[incident-lead]"`
	Users    []string      `yaml:"users" doc:"So may these people, by id." example:"[]"`
	Required int           `yaml:"required" doc:"How many of them must. Whoever asks is not one of them." default:"1" min:"1" max:"20"`
	TTL      time.Duration `yaml:"ttl" doc:"How long is waited for them." default:"1h" min:"1s" max:"720h"`
	Channel  string        `yaml:"channel" doc:"A channel where the question is posted as well." example:"\"\""`
	Reason   string        `yaml:"reason" doc:"Whether an answer needs a reason." default:"required" oneof:"required optional"`
}

// Events says how events are kept.
type Events struct {
	Retention time.Duration `yaml:"retention" doc:"How long events and what rules made of them are kept. A delivery that comes again within it is known." default:"168h" min:"1h" max:"87600h"`
}

// Schedules says what people may have run later.
type Schedules struct {
	Limit  int    `yaml:"limit" doc:"How many schedules a person may have." default:"20" min:"1" max:"1000"`
	Missed string `yaml:"missed" doc:"What becomes of a time that passed more than a minute ago while nobody was there to run it: skip lets it go, run makes up for it, once however often it was missed." default:"skip" oneof:"skip run"`
}

// Notifications says how channels are told of events.
type Notifications struct {
	Operations string       `yaml:"operations" doc:"The channel that is told of Petrel's own troubles, such as a sensor that fails; in full, as in slack:T012/C345. Empty tells nobody." example:"slack:T012/C345"`
	Quiet      []QuietHours `yaml:"quiet" doc:"When channels are not to be disturbed. What comes then is summed up afterwards."`
}

// QuietHours are when one channel is not to be disturbed.
type QuietHours struct {
	Channel string `yaml:"channel" doc:"The channel in full." example:"slack:T012/C345" required:"true"`
	Hours   string `yaml:"hours" doc:"From, to, the time zone, and which severities are told all the same." example:"22:00-07:00 Europe/Berlin except severity critical" required:"true"`
}

// HTTP is Petrel's own HTTP server.
type HTTP struct {
	Listen  string   `yaml:"listen" doc:"The address at which it answers, as in 127.0.0.1:8081, behind a proxy that speaks TLS. Empty is off." example:"\"\""`
	Senders []Sender `yaml:"senders" doc:"Who may post to webhooks. Without any nobody may."`
}

// Sender is somebody who may post to webhooks.
type Sender struct {
	Name   string   `yaml:"name" doc:"Tells events and log lines who it was." example:"github" required:"true"`
	Kind   string   `yaml:"kind" doc:"How the secret is shown: api_key in St2-Api-Key or X-Api-Key, bearer in Authorization, hmac as GitHub signs, in X-Hub-Signature-256." example:"hmac" required:"true" oneof:"api_key bearer hmac"`
	Secret Secret   `yaml:"secret" doc:"The secret, as env:NAME or file:PATH." example:"env:GITHUB_WEBHOOK_SECRET" required:"true"`
	Hooks  []string `yaml:"hooks" doc:"The webhooks that it may post to. Empty is all." example:"[]"`

	PerMinute int `yaml:"per_minute" doc:"How many requests of it are taken in a minute by each process, all at once or spread." default:"600" min:"1" max:"1000000"`
}

// Clary is where the Clary server is and how it is talked to.
type Clary struct {
	URL         string            `yaml:"url" doc:"Base address of the REST API." example:"https://clary.example/"`
	Token       Secret            `yaml:"token" doc:"Bearer token, as env:NAME or file:PATH." example:"env:CLARY_TOKEN"`
	User        string            `yaml:"user" doc:"The name that changes are made under when nobody typed them." default:"ST2"`
	Timeout     time.Duration     `yaml:"timeout" doc:"How long one request may take." default:"10s" min:"100ms" max:"10m"`
	Concurrency int               `yaml:"concurrency" doc:"How many requests are made at once for one action that names no number." default:"4" min:"1" max:"64"`
	MaxRequests int               `yaml:"max_requests" doc:"How many requests are made at once by all actions together." default:"64" min:"1" max:"1024"`
	Poll        time.Duration     `yaml:"poll" doc:"How often the event log is looked at." default:"30s" min:"1s" max:"24h"`
	MaxHosts    int               `yaml:"max_hosts" doc:"How many nodes one command may name." default:"10000" min:"1" max:"1000000"`
	Avoid       []string          `yaml:"avoid" doc:"Statuses that ensure never passes through on its way." default:"[failed, decommissioned]"`
	Groups      map[string]string `yaml:"groups" doc:"Node groups: @name in a node set stands for the set given here." example:"{compute: \"irene[4000-4059]\"}"`
	Paths       ClaryPaths        `yaml:"paths" doc:"Where the calls are, below the base address."`
	Fields      ClaryFields       `yaml:"fields" doc:"The names of JSON fields, where a server uses others."`
	Events      ClaryEvents       `yaml:"events" doc:"How the event log is read."`
}

// ClaryEvents says how Clary's event log is read.
type ClaryEvents struct {
	Mode      string `yaml:"mode" doc:"range asks for the events after an id; point asks for each id, where a server can do nothing else." default:"range" oneof:"range point"`
	Page      int    `yaml:"page" doc:"How many events are asked for at once." default:"100" min:"1" max:"500"`
	GapWindow int    `yaml:"gap_window" doc:"How many ids may be missing in a row before it is told; in mode point it must be more than the largest gap." default:"20" min:"1" max:"100000"`
	Overlap   int    `yaml:"overlap" doc:"How many ids back each look begins, for events that become visible late; -1 for none." default:"20" min:"-1" max:"1000"`
	StartHint int    `yaml:"start_hint" doc:"In mode point: an id near the start of a log whose old part was purged." default:"0" min:"0" max:"4611686018427387904"`
	Backlog   int    `yaml:"backlog" doc:"How many events one look may tell of; the rest follows with the next." default:"1000" min:"1" max:"100000"`
}

// ClaryPaths are the paths of Clary's calls. {host} and {status} are replaced by the escaped name.
type ClaryPaths struct {
	Node    string `yaml:"node" doc:"One node." default:"api/nodes/{host}"`
	Status  string `yaml:"status" doc:"The status of a node." default:"api/nodes/{host}/status"`
	Comment string `yaml:"comment" doc:"The logbook of a node." default:"api/nodes/{host}/comments"`
	Next    string `yaml:"next" doc:"The statuses that may follow one." default:"api/statuses/{status}/next"`
	Events  string `yaml:"events" doc:"The event log; one event is below it." default:"api/events"`
}

// ClaryFields are the names of the JSON fields in Clary's requests and answers.
type ClaryFields struct {
	Hostname  string `yaml:"hostname" doc:"Of a node: its name." default:"hostname"`
	Status    string `yaml:"status" doc:"Its status; also in requests." default:"status"`
	Since     string `yaml:"since" doc:"Since when." default:"since"`
	Reason    string `yaml:"reason" doc:"Why: the comment of the last transition." default:"reason"`
	User      string `yaml:"user" doc:"By whom; also in requests." default:"user"`
	Impacting string `yaml:"impacting" doc:"Whether production feels it; also in requests." default:"impacting"`
	Comment   string `yaml:"comment" doc:"In requests: the comment." default:"comment"`
	Expected  string `yaml:"expected" doc:"In requests: the status that the node must have for the change to be made." default:"expected"`
	Next      string `yaml:"next" doc:"The list of statuses that may follow." default:"next"`
	Error     string `yaml:"error" doc:"Of a refusal: its code." default:"error"`
	Message   string `yaml:"message" doc:"Its sentence." default:"message"`
	Allowed   string `yaml:"allowed" doc:"The statuses that would be allowed." default:"allowed"`
}
