// Package clary stands in for the Clary life-cycle manager, of which no public server exists. It serves the REST contract of
// our notes on Clary (six calls, listed below), is strict about what it accepts and keeps a ledger of every effect, so that a
// demo has something to talk to and a test has a witness that is not the bot. It knows nothing of the bot.
//
// # Contract
//
//	GET  /api/nodes/{host}              200 node                      404 unknown_node
//	PUT  /api/nodes/{host}/status       200 previous, status, event   404, 409 forbidden_transition, 409 state_changed, 422
//	POST /api/nodes/{host}/comments     201 id of the logbook line    404, 422
//	GET  /api/statuses/{status}/next    200 list, may be empty        404 unknown_status
//	GET  /api/events?after=0&limit=100  200 events with id > after    400, 410 truncated
//	GET  /api/events/{id}               200 event                     400, 404 unknown_event
//
// Every fault is a JSON object with error and message. Beside those above: 400 bad_json or bad_parameter, 401 unauthorized,
// 404 unknown_path, 405 method_not_allowed, 413 too_large, 415 unsupported_media_type and 422 with unknown_field, wrong_type,
// missing_comment, missing_user, missing_status or unknown_status. Field names are matched exactly, letter case included.
// Where the contract leaves a choice the server takes the strict one: user is required, a limit over 500 and an unknown query
// parameter are refused, a node is not moved to the status it already has. Only impacting and expected may be left out.
//
// # Ledger
//
// Each PUT and POST to a node leaves exactly one line in the ledger, written before the answer: a transition, a comment, or a
// refused attempt with its code. A change made through the control API is a line of kind external. A line that meets a fault
// on its way out names it, so that a checker can tell "done, answer lost" from "done".
//
// # Control API
//
// The calls under /_sim/ are for tests and demonstrations; each is a Go method as well. They need no token, meet no latency
// and no fault and are not counted. Bodies and answers are JSON; durations are texts such as "250ms".
//
//	GET    /_sim/stats                 requests by kind, in flight, peaks, ledger lines by kind, last event id
//	DELETE /_sim/stats                 starts counts and peaks anew
//	GET    /_sim/nodes                 every node with its state; /_sim/nodes/{host} for one
//	PUT    /_sim/nodes/{host}/status   {"status","user","comment","impacting"}: changes it as somebody else would
//	POST   /_sim/nodes/{host}/settle   ends the wait of an asynchronous status
//	PUT    /_sim/graph                 {"production":["draining"],…}: new transitions; may not lose a status
//	PUT    /_sim/latency               {"latency":"50ms"}
//	POST   /_sim/faults                a Fault, with "delay" as a text; answers {"id"}
//	GET    /_sim/faults                every rule with left and fired, spent ones included
//	DELETE /_sim/faults                forgets the rules and lets every held request go
//	POST   /_sim/hold                  {"host","kind","after"}: stops such requests until they are released
//	POST   /_sim/release               {"host","keep"}: lets them go; with keep the next one is stopped again
//	GET    /_sim/held                  ?host=&count=1&timeout=5s: waits until that many are held; answers {"reached","held"}
//	POST   /_sim/events                any JSON object: appended with the next id, however malformed
//	DELETE /_sim/events                forgets all events and starts ids anew, as a restored database does
//	POST   /_sim/events/truncate       {"before"}: forgets older events
//	POST   /_sim/events/hide           {"count"}: the next events get an id but stay unseen, as an uncommitted insert does
//	POST   /_sim/events/show           makes hidden events seen
//	PUT    /_sim/events/options        an EventOptions, replacing all
package clary
