// Package chat stands in for a chat platform: channels, people, threads, a history, and sockets over which a bot hears what is said.
// It is strict about its protocol and keeps a ledger of all that crosses it, so that a test has a witness that is not the bot. It
// knows nothing of the bot. It behaves as Slack does where that matters for reliability: any one of several sockets gets a message, what is
// not acknowledged in 3 s comes again (at once, after 1 min, after 5 min), a post that is made twice is there twice.
//
// # Protocol
//
//	GET   /v1/socket                200 a stream of JSON lines (below), until either side closes it
//	POST  /v1/acks                  204 {"delivery"}                         404 unknown_delivery
//	POST  /v1/messages              201 {"id"} of the new message            404 unknown_thread, 422
//	PATCH /v1/messages/{id}         204 replaces what a message of the bot says   404 unknown_message, 403 not_yours, 422
//	PUT   /v1/messages/{id}/marks   204 {"mark"} on a message of a person    404 unknown_message, 403 not_theirs
//	GET   /v1/messages?key=K        200 {"messages"} of the bot that were posted under the key
//	GET   /v1/history?since=TIME    200 {"messages"} from that time on (RFC 3339), oldest first, at most 1000
//
// The lines of a socket have a type: hello with beat_ms, the time between two signs of life; beat; message with delivery, retry (0 the first
// time) and the message; bye before the chat closes the socket. A message has id, channel, thread (the id of the message that began it), user,
// text and time; in answers also bot, key, final and marks. The message of a delivery is acknowledged by its delivery id.
//
// A post has channel, key and a text of 1 to 40,000 bytes without control characters other than line end and tab; it may have thread, to (the
// person who alone sees it), files (name, content in base64, 1 MiB in all) and, for whoever reads the history, execution, status and final. An edit has
// text, files, execution, status and final. Every other member is refused, with 422 and a code. Every refusal is {"error","message"}. A 429 says in
// Retry-After how many seconds to wait; a call of that kind before then is refused with 429 as well and noted in the ledger as early.
//
// # Ledger
//
// A JSON object a line, written before the answer: said, delivery, ack, mark, post, edit, and refused with its code.
//
// # Control API
//
//	POST   /_sim/say      {"user","channel","thread","text","copies"}: a person writes; answers {"id","delivery"}. With copies it is
//	                      delivered so often on the times of redelivery, whether acknowledged or not
//	POST   /_sim/faults   a Fault; DELETE forgets all and lets held calls go; GET lists them with how often they fired
//	POST   /_sim/cut      {"how"}: "close" ends every socket, "deaf" leaves them open and silent for ever
//	GET    /_sim/sockets  {"open"}
//	GET    /_sim/messages {"messages"}: all that was written, with texts and files
package chat
