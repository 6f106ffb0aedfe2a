// Package page draws what the pages of the simulated chats have in common: who one is, the channels, the line to type on, buttons and
// forms. The pages are for people who try the bot in a browser. They need no script.
package page
