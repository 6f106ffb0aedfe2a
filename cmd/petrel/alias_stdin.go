package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
)

// question and answer are the lines of petrel alias match --stdin.
type question struct {
	Format   string `json:"format"`
	Command  string `json:"command"`
	Multiple bool   `json:"multiple"`
}

type answer struct {
	OK     bool   `json:"ok"`
	Params any    `json:"params,omitempty"`
	Error  string `json:"error,omitempty"`
}

// matchLines answers a question a line, in order.
func matchLines(in io.Reader, out io.Writer) error {
	var parser aliases.Parser // it keeps the formats that come again
	return answerLines(in, out, func(line []byte) any { return match(&parser, line) })
}

// answerLines writes a JSON value for each line that comes in.
func answerLines(in io.Reader, out io.Writer, reply func(line []byte) any) error {
	r, w := bufio.NewReaderSize(in, 1<<16), bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 {
			if err := enc.Encode(reply(line)); err != nil {
				return err
			}
		}
		if r.Buffered() == 0 { // whoever asks one question at a time is waiting
			if err := w.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			return bot.E(bot.CodeUnavailable, "cmd.stdin.lines", "Standard input cannot be read.", err)
		}
	}
}

func match(parser *aliases.Parser, line []byte) answer {
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{Error: "the line is no JSON object with format and command: " + err.Error()}
	}
	found, err := parser.Parse(q.Format, q.Command, q.Multiple)
	switch {
	case err != nil:
		return answer{Error: bot.ErrorText(err)}
	case q.Multiple:
		return answer{OK: true, Params: found}
	}
	return answer{OK: true, Params: found[0]}
}
