// Package discord joins Discord to the bot: the application command /petrel with completion, mentions, prefixed and direct messages,
// buttons, selects and forms come in through the gateway, or interactions over HTTP. Each execution has one living message.
//
// The gateway client is small and our own (docs/decisions/discord-gateway.md): its session outlives the process, and advances only over
// what is durable. REST calls and payload types are discordgo's, behind one call that neither sleeps nor retries. DESIGN.md has the
// order of things and why it loses nothing. Discord's limits are kept by construction in render.go; internal/sim/discord refuses what
// Discord would refuse, and lists where the numbers come from.
package discord
