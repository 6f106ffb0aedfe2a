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
//	a view: 100 blocks; title, submit and close 24; private_metadata 3000;  @slack/types, views.d.ts and block-elements.d.ts
//	  callback_id and external_id 255; submit where there is an input
//	an input: label, hint 2000; placeholder 150; text 3000; 100 options   docs.slack.dev/reference/block-kit/blocks/input-block and
//	  of a select, 10 of radio buttons and checkboxes                       the pages of its elements
//	an option: text 75, value 150 (the types say 3000), description 75;   docs.slack.dev/reference/block-kit/composition-objects/option-object
//	  an initial one is among the options
//	a submission answers with nothing, errors, update, push or clear      docs.slack.dev/surfaces/modals
//	an external select asks the app, which has three seconds              docs.slack.dev/reference/block-kit/block-elements/select-menu-element
//	a hash that is not the view's: hash_conflict                          docs.slack.dev/reference/methods/views.update
//	table 100 rows of 20 cells, one to a message                          docs.slack.dev/reference/block-kit/blocks/table-block
//	blocks of more than 13,000 characters: msg_blocks_too_long            slackapi/bolt-js#2509
//	text is cut at 40,000 characters                                      docs.slack.dev/reference/methods/chat.postMessage, Truncating
//	response_url works five times within 30 minutes                       docs.slack.dev/interactivity/handling-user-interaction
//	trigger_id works once within 3 seconds                                the same page
//	an envelope or request is to be acknowledged within 3 seconds         docs.slack.dev/apis/events-api; slackapi bolt-python docs
//	an event is tried again at once, after a minute and after five        docs.slack.dev/apis/events-api, Error handling
//	slash commands and interactions are tried once                        slackapi/bolt-python#1071
//	a command over HTTP may be answered with plain text, which is shown   docs.slack.dev/interactivity/implementing-slash-commands
//	at most ten sockets; an envelope goes to any one of them              docs.slack.dev/apis/events-api/using-socket-mode
//	an acknowledgement of 20,480 bytes or more is dropped in silence      slack-go/slack socketmode.go, maxResponseSize
//	a socket is pinged, and told with a disconnect before it is closed    docs.slack.dev/apis/events-api/using-socket-mode
//	  with a close frame                                                  RFC 6455, 7.1.1; @slack/bolt 5.1.0 takes less for an error
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
//	POST   /_sim/shortcut       {"user","channel","ts","command"}: the message shortcut with that callback_id
//	GET    /_sim/form           ?user=: the form that the person has open
//	POST   /_sim/submit         {"user","values":{label:[value]}}: fills it in and submits it; answers what is open then
//	POST   /_sim/suggest        {"user","field","typed"}: types into an external select; answers {"options"}
//	POST   /_sim/close          {"user"}: closes the form
//	POST   /_sim/home           {"user","label"}: opens the App home, or presses a button there
//	GET    /_sim/home           ?user=: what stands there
//	POST   /_sim/raw            {"type","payload"}: any envelope, however malformed
//	POST   /_sim/redeliver      the events of the last message once more, under the same ids
//	GET    /_sim/messages       ?channel=: what stands there, ephemeral messages included
//	GET    /_sim/wait           ?text=&timeout=10s: waits until the text can be read somewhere; answers {"seen"}; ?sockets=1 for sockets,
//	                            ?form=USER for a form, ?home=USER&text= for the App home
//	GET    /_sim/sockets        how many are open
//	POST   /_sim/sockets/rotate asks the oldest socket to reconnect, as Slack does all day
//	POST   /_sim/sockets/warn   tells the oldest socket that it will be asked to reconnect soon
//	POST   /_sim/sockets/drop   cuts every socket without a word
//	POST   /_sim/sockets/deaf   every socket stays open, but nothing comes or is read any more
//	POST   /_sim/faults         a Fault; answers {"id"}
//	GET    /_sim/faults         every rule with how often it was met
//	DELETE /_sim/faults         forgets the rules and lets every held request go
//	PUT    /_sim/scopes         {"scopes":[…]}: what the app may do from now on
//	POST   /_sim/revoke         the tokens stop working
package slack
