// Package expr renders the templates that operators write into packs: Jinja as StackStorm renders it. It exists so that formats,
// defaults of parameters and rules mean the same here as there, while a template can neither read anything that it was not given
// nor take more time or memory than it was allowed.
//
// The module gonja reads the templates; this package walks the tree that gonja makes of one. Gonja's own walk has no bound on
// time and memory, leaves a goroutine behind for a loop that ends early and calls any Go method of a value. Here every step is
// paid for from a fixed account (account.go), and values are plain data: nothing behind them can be called.
//
// What a render returns is never rendered again. Only what a pack's author or an operator wrote may be given to Compile; a text
// that came from a person or an action belongs into the variables.
package expr
