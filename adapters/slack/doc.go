// Package slack joins Slack workspaces to the bot: slash commands, mentions, direct messages and buttons come in through Socket Mode,
// and each execution has one living message in the thread of its question. What Slack delivers is acknowledged only after the command
// is durable, and a post whose answer was lost is looked for before it is made again.
//
// Slack's limits are kept by construction in render.go. Its libraries' traps and where the numbers come from are listed in the comment
// of internal/sim/slack, which refuses what Slack would refuse.
package slack
