// Package slack stands in for one Slack workspace with one app installed: the Web API, Socket Mode and delivery over HTTP. It is
// strict about Slack's limits and errors and keeps a ledger of every delivery, acknowledgement and post, so that a demo has something
// to talk to and a test has a witness that is not the bot. It knows nothing of the bot, and a rule is never loosened to please it.
//
// # Rules and their sources
//
// Where Slack's own pages leave a number open, the strict reading is taken.
//
//	an answer has HTTP 200 and "ok"; a fault has its name in "error"      docs.slack.dev/apis/web-api
//	tokens: not_authed, invalid_auth, token_revoked, missing_scope        docs.slack.dev/reference/methods/chat.postMessage, Errors
//	tiers 1, 20, 50, 100 calls a minute, method by method; 429            docs.slack.dev/apis/web-api/rate-limits
//	chat.postMessage about one a second and channel, short bursts         the same page; ten are taken for a short burst
//	50 blocks a message; block_id 255, unique                             docs.slack.dev/reference/block-kit/blocks
//	section text 3000, ten fields of 2000; header 150; button text 75,    @slack/types, the .d.ts files
//	  value 2000; 25 elements in actions; action_id 255; markdown 12000
//	table 100 rows of 20 cells, one to a message                          docs.slack.dev/reference/block-kit/blocks/table-block
//	blocks of more than 13,000 characters: msg_blocks_too_long            slackapi/bolt-js#2509
//	text is cut at 40,000 characters                                      docs.slack.dev/reference/methods/chat.postMessage, Truncating
//	response_url works five times within 30 minutes                       docs.slack.dev/interactivity/handling-user-interaction
//	trigger_id works once within 3 seconds                                the same page
//	an envelope or request is to be acknowledged within 3 seconds         docs.slack.dev/apis/events-api; slackapi bolt-python docs
//	an event is tried again at once, after a minute and after five        docs.slack.dev/apis/events-api, Error handling
//	slash commands and interactions are tried once                        slackapi/bolt-python#1071
//	at most ten sockets; an envelope goes to any one of them              docs.slack.dev/apis/events-api/using-socket-mode
//	an acknowledgement of 20,480 bytes or more is dropped in silence      slack-go/slack socketmode.go, maxResponseSize
//	a socket is pinged, and told with a disconnect before it is closed    docs.slack.dev/apis/events-api/using-socket-mode
//	the upload goes to the address that the first step returned, once     docs.slack.dev/messaging/working-with-files
//	requests over HTTP carry v0 HMAC-SHA256 over the raw body             docs.slack.dev/authentication/verifying-requests-from-slack
//
// # Control API
//
// The calls under /_sim/ are for tests and demonstrations; each is a Go method as well. They need no token, meet no fault and no limit.
// Bodies and answers are JSON.
//
//	POST   /_sim/say            {"user","channel","text","thread"}: a person writes; @petrel in the text is a mention
//	POST   /_sim/slash          {"user","channel","command","text"}
//	POST   /_sim/press          {"user","channel","ts","label"}: the button with that label; without ts the newest
//	POST   /_sim/raw            {"type","payload"}: any envelope, however malformed
//	POST   /_sim/redeliver      the events of the last message once more, under the same ids
//	GET    /_sim/messages       ?channel=: what stands there, ephemeral messages included
//	GET    /_sim/wait           ?text=&timeout=10s: waits until the text can be read somewhere; answers {"seen"}; ?sockets=1 for sockets
//	GET    /_sim/sockets        how many are open
//	POST   /_sim/sockets/rotate asks the oldest socket to reconnect, as Slack does all day
//	POST   /_sim/sockets/drop   cuts every socket without a word
//	POST   /_sim/sockets/deaf   every socket stays open, but nothing comes or is read any more
//	POST   /_sim/faults         a Fault; answers {"id"}
//	GET    /_sim/faults         every rule with how often it was met
//	DELETE /_sim/faults         forgets the rules and lets every held request go
//	PUT    /_sim/scopes         {"scopes":[…]}: what the app may do from now on
//	POST   /_sim/revoke         the tokens stop working
package slack
