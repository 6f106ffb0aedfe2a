package discord

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/remote"
)

// defaultWait stands where Discord limits without saying for how long.
const defaultWait = 5 * time.Second

// Errors of Discord's that discordgo has no name for.
const (
	codeAnswered = 40060 // an interaction is answered once
	codeTooLarge = 40005
	codeEmpty    = 50006
	codeThreaded = 160004 // a message has one thread
	codeNoThread = 50024  // the channel is of a kind that has none
)

const platform remote.Platform = "Discord"

func op(method string) string { return "discord." + method }

// retryAfter returns how long an answer of 429 asks to wait.
func retryAfter(err error) time.Duration {
	if r, ok := errors.AsType[*discordgo.RateLimitError](err); ok && r.RateLimit != nil && r.TooManyRequests != nil {
		return r.RetryAfter
	}
	return 0
}

// discordCode returns the number of an error of Discord's, zero where there is none.
func discordCode(err error) int {
	if r, ok := errors.AsType[*discordgo.RESTError](err); ok && r.Message != nil {
		return r.Message.Code
	}
	return 0
}

// fault translates what a call returns.
func fault(method string, status int, err error) *bot.Error {
	switch {
	case status == 0, errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return platform.Unanswered(op(method), err)
	case status >= http.StatusInternalServerError:
		return platform.Broken(op(method), status, err)
	}
	switch code := discordCode(err); code {
	case discordgo.ErrCodeUnknownMessage, discordgo.ErrCodeUnknownChannel, discordgo.ErrCodeUnknownWebhook, discordgo.ErrCodeUnknownInteraction,
		discordgo.ErrCodeInvalidWebhookTokenProvided:
		return bot.E(bot.CodeNotFound, op(method), "", err)
	case codeAnswered, codeThreaded:
		return bot.E(bot.CodeConflict, op(method), "", err)
	case codeEmpty: // embeds are taken out of a message where the bot may not embed
		return bot.E(bot.CodeForbidden, op(method), "The bot may not write there. Let its role embed links.", err)
	case discordgo.ErrCodeMissingAccess, discordgo.ErrCodeMissingPermissions:
		return bot.E(bot.CodeForbidden, op(method), "The bot may not write there. Let its role see the channel, send messages, embed links and attach files.", err)
	case discordgo.ErrCodeCannotSendMessagesToThisUser:
		return bot.E(bot.CodeForbidden, op(method), "Discord does not let the bot write to you. Allow direct messages from members of the server.", err)
	case codeNoThread:
		return bot.E(bot.CodeUnsupported, op(method), "", err)
	case codeTooLarge:
		return bot.E(bot.CodeInvalid, op(method), "Discord does not take a file that large.", err)
	}
	switch status {
	case http.StatusUnauthorized:
		return bot.E(bot.CodeAuth, op(method), "Discord does not accept the bot's token. Reset it under Bot at discord.com/developers and put the new one where adapters.discord.token says.", err)
	case http.StatusForbidden:
		return bot.E(bot.CodeForbidden, op(method), "Discord forbids it. Look at the permissions of the bot's role.", err)
	case http.StatusNotFound:
		return bot.E(bot.CodeNotFound, op(method), "", err)
	}
	return bot.E(bot.CodeInternal, op(method), "", err)
}
