package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/rule"
)

// ruleQuestion is a line of petrel rule test --stdin: criteria with a payload, or an operator with a value and a pattern.
type ruleQuestion struct {
	Criteria json.RawMessage `json:"criteria"`
	Payload  json.RawMessage `json:"payload"`
	Enabled  *bool           `json:"enabled"`
	Op       *string         `json:"op"`
	Value    json.RawMessage `json:"value"`
	Pattern  json.RawMessage `json:"pattern"`
	Now      string          `json:"now"` // what timediff_lt and timediff_gt take for now
}

type ruleAnswer struct {
	OK     bool   `json:"ok"`
	Match  *bool  `json:"match,omitempty"`
	Result *bool  `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// ruleLines answers a question a line, in order.
func ruleLines(ctx context.Context, in io.Reader, out io.Writer) error {
	k := rule.NewCompiler(expr.New(expr.Options{}))
	return answerLines(in, out, func(line []byte) any {
		a, err := answerRule(ctx, k, line)
		if err != nil {
			text := bot.ErrorText(err)
			if text == "" {
				text = err.Error()
			}
			return ruleAnswer{Error: text}
		}
		return a
	})
}

func answerRule(ctx context.Context, k *rule.Compiler, line []byte) (ruleAnswer, error) {
	var q ruleQuestion
	if err := json.Unmarshal(line, &q); err != nil {
		return ruleAnswer{}, err
	}
	now := clock.System().Now()
	if at, err := time.Parse("2006-01-02 15:04:05.999999999Z07:00", q.Now); err == nil {
		now = at
	} else if at, err := time.Parse(time.RFC3339Nano, q.Now); err == nil {
		now = at
	}
	if q.Op != nil {
		return answerOperator(k, q, now)
	}
	payload, err := jsonValue(q.Payload)
	if err != nil {
		return ruleAnswer{}, err
	}
	if len(q.Criteria) == 0 {
		q.Criteria = []byte("{}")
	}
	list, err := rule.ReadCriteria(q.Criteria)
	if err != nil {
		return ruleAnswer{}, err
	}
	criteria, _ := k.Compile(list)
	verdict := criteria.Match(ctx, rule.Facts{Payload: payload, Now: now})
	if verdict.Unknown != nil {
		return ruleAnswer{}, verdict.Unknown
	}
	match := verdict.Match && (q.Enabled == nil || *q.Enabled)
	return ruleAnswer{OK: true, Match: &match}, nil
}

func answerOperator(k *rule.Compiler, q ruleQuestion, now time.Time) (ruleAnswer, error) {
	value, err := jsonValue(q.Value)
	if err != nil {
		return ruleAnswer{}, err
	}
	pattern, err := jsonValue(q.Pattern)
	if err != nil {
		return ruleAnswer{}, err
	}
	result, err := k.Operate(*q.Op, value, pattern, rule.Facts{Now: now})
	if err != nil {
		return ruleAnswer{}, err
	}
	return ruleAnswer{OK: true, Result: &result}, nil
}

// jsonValue reads a value; nothing is null. Bytes, which JSON lacks, are written {"$bytes": "base64"} and are text.
func jsonValue(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	value, err := rule.Decode(raw)
	if m, ok := value.(map[string]any); ok && len(m) == 1 {
		if text, ok := m["$bytes"].(string); ok {
			data, err := base64.StdEncoding.DecodeString(text)
			return string(data), err
		}
	}
	return value, err
}
