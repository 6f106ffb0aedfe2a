// Package discord stands in for one Discord guild with one application in it: the gateway, the REST API and interactions over HTTP. It
// is strict about Discord's limits and errors and keeps a ledger of every delivery, call and post, so that a demo has something to talk
// to and a test has a witness that is not the bot. It knows nothing of the bot, and a rule is never loosened to please it.
//
// # Rules and their sources
//
// The pages are those of discord/discord-api-docs, commit c98d64bc of 2026-08-06. Where they leave a number open, the strict reading is
// taken.
//
//	hello first, then identify or resume; heartbeats are acknowledged       developers/events/gateway.mdx
//	120 sends a minute, 4096 bytes each (4008, 4002); op 9 after a second   the same page, Rate Limiting, Session Start Limit
//	  IDENTIFY within 5 s; the token ends when the budget of a day is used
//	a session whose client closed with 1000 or 1001 cannot be resumed       the same page, Disconnecting
//	close codes 4001 to 4014                                                developers/topics/opcodes-and-status-codes.mdx
//	content only with MESSAGE_CONTENT, in direct messages and mentions      developers/events/gateway.mdx, Message Content Intent
//	intents that the portal does not grant: 4014                            the same page, Privileged Intents
//	content 2000; 10 embeds of 6000 in all; title 256, description 4096,    developers/resources/message.mdx
//	  25 fields of 256 and 1024, footer 2048, author 256
//	who is notified: mentions in the content, and whoever is replied to,    the same page, Allowed Mentions Object
//	  as far as allowed_mentions lets them; embeds notify nobody
//	a thread has the id of its message; one a message (160004); none in     developers/resources/channel.mdx, Start Thread from Message;
//	  threads and direct messages (50024)                                   topics/threads.mdx
//	permissions in a channel, by the overwrites of the bot's role: 50001,   developers/topics/permissions.mdx
//	  50013; without Embed Links embeds are taken out (50006)
//	direct messages that a person does not take: 50007                      developers/topics/opcodes-and-status-codes.mdx
//	a form is sent whole: every field, required ones not empty              developers/interactions/receiving-and-responding.mdx
//	nonce of 25 characters; enforce_nonce returns the first message         the same page, Create Message
//	40 components; rows of 5 buttons or one select; label 80; custom_id     developers/components/reference.mdx
//	  100 and unique; select 25 options of 100; text input 4000
//	a modal has 5 components and a title of 45                              the same page; interactions/receiving-and-responding.mdx
//	an answer within 3 s, once (10062, 40060); the token lasts 15 minutes   developers/interactions/receiving-and-responding.mdx
//	an answer with_response tells what it made; followups can be read       the same page, Create Interaction Response and Endpoints
//	MESSAGE_CREATE names the type of its channel                            discord-api-types 0.38.57, GatewayMessageEventExtraFields
//	25 choices of 100 characters                                            the same page, Autocomplete
//	50 calls a second, interactions aside; buckets with X-RateLimit-*;      developers/topics/rate-limits.mdx
//	  10,000 answers of 401, 403 or 429 in ten minutes end all calls
//	commands: name 32, description 100, 25 options, 100 commands            developers/interactions/application-commands.mdx
//	interactions over HTTP carry Ed25519 over timestamp and body            developers/interactions/overview.mdx, Setting Up an Endpoint
//
// The size of a bucket is not documented: five calls in five seconds are taken for posts, which is what Discord is seen to grant.
//
// # Control API
//
// The calls under /_sim/ are for tests and demonstrations; each is a Go method as well. They need no token, meet no fault and no limit.
// Bodies and answers are JSON.
//
//	POST   /_sim/say             {"user","channel","text","reply"}: a person writes; @petrel in the text is a mention
//	POST   /_sim/slash           {"user","channel","command","text"}: the text goes into the first option
//	POST   /_sim/complete        the same while it is typed; answers {"choices"}
//	POST   /_sim/press           {"user","channel","message","label"}: a button, or the option of a select; without message the newest
//	POST   /_sim/submit          {"user","values"}: sends the form that is open, with the named values
//	POST   /_sim/fill            {"user","values":{label:[value]}}: fills in the form as people do and sends it; answers {"faults"}
//	POST   /_sim/raw             {"type","payload"}: any event, however malformed
//	POST   /_sim/redeliver       the last event once more, under the same id
//	GET    /_sim/messages        ?channel=: what stands there, private messages included
//	GET    /_sim/wait            ?text=&timeout=10s: waits until the text can be read somewhere; answers {"seen"}; ?sessions=1 for sessions
//	POST   /_sim/gateway/{what}  reconnect (op 7), invalid (op 9), drop, deaf (nothing comes any more), expire, close (?code=)
//	POST   /_sim/first           {"op"}: the next connection hears this before hello
//	POST   /_sim/faults          a Fault; answers {"id"}
//	GET    /_sim/faults          every rule with how often it was met
//	DELETE /_sim/faults          forgets the rules and lets every held request go
//	POST   /_sim/revoke          the token stops working
package discord
