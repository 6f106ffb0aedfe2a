package slack

import (
	"encoding/json"
	"fmt"
	"unicode/utf16"
)

// The limits, whose sources are in the package comment.
const (
	maxBlocks      = 50
	maxViewBlocks  = 100
	maxBlockText   = 13_000 // of all blocks of a message together
	maxSection     = 3000
	maxField       = 2000
	maxFields      = 10
	maxHeader      = 150
	maxMarkdown    = 12_000
	maxElements    = 25
	maxContext     = 10
	maxButton      = 75
	maxValue       = 2000
	maxID          = 255
	maxTableRows   = 100
	maxTableColumn = 20
)

// node is any JSON object of a layout.
type node map[string]any

// checker reads a layout and keeps the first fault.
type checker struct {
	fault string
	total int
	ids   map[string]bool
	table bool
}

func (c *checker) refuse(at, format string, args ...any) {
	if c.fault == "" {
		c.fault = fmt.Sprintf(format, args...) + " [json-pointer:" + at + "]"
	}
}

// checkMessage returns the error's name and its reason, both empty when Slack would show the blocks.
func checkMessage(text []byte) (code, why string) {
	c := &checker{ids: map[string]bool{}}
	var list []node
	if json.Unmarshal(text, &list) != nil {
		return "invalid_blocks_format", "blocks is not a list of objects"
	}
	c.blocks(list, maxBlocks)
	switch {
	case c.fault != "":
		return "invalid_blocks", c.fault
	case c.total > maxBlockText:
		return "msg_blocks_too_long", fmt.Sprintf("the blocks have %d characters", c.total)
	}
	return "", ""
}

func (c *checker) blocks(list []node, most int) {
	if len(list) > most {
		c.refuse("/blocks", "no more than %d items allowed", most)
	}
	for i, b := range list {
		at := fmt.Sprintf("/blocks/%d", i)
		if id, ok := b["block_id"].(string); ok && id != "" {
			if len(id) > maxID || c.ids[id] {
				c.refuse(at, "block_id must be unique and at most %d characters", maxID)
			}
			c.ids[id] = true
		}
		c.block(at, b)
	}
}

func (c *checker) block(at string, b node) {
	switch b["type"] {
	case "section":
		c.section(at, b)
	case "header":
		c.text(at+"/text", b["text"], maxHeader, true)
	case "context":
		c.each(at, b["elements"], maxContext, func(at string, e node) {
			if e["type"] != "image" {
				c.text(at, map[string]any(e), maxSection, false)
			}
		})
	case "actions":
		c.actions(at, b)
	case "rich_text":
		c.each(at, b["elements"], maxBlockText, c.rich)
	case "table":
		c.rows(at, b)
	case "markdown":
		c.length(at+"/text", b["text"], maxMarkdown)
	case "input":
		c.input(at, b)
	case "divider":
	case "image":
		c.length(at+"/alt_text", b["alt_text"], maxField)
	default:
		c.refuse(at+"/type", "unsupported type: %v", b["type"])
	}
}

func (c *checker) section(at string, b node) {
	if b["text"] == nil && b["fields"] == nil {
		c.refuse(at, "missing required field: text")
	}
	if b["text"] != nil {
		c.text(at+"/text", b["text"], maxSection, false)
	}
	if b["fields"] != nil {
		c.each(at, b["fields"], maxFields, func(at string, f node) { c.text(at, map[string]any(f), maxField, false) })
	}
	if a, ok := b["accessory"].(map[string]any); ok {
		c.element(at+"/accessory", a, map[string]bool{})
	}
}

func (c *checker) actions(at string, b node) {
	seen := map[string]bool{}
	c.each(at, b["elements"], maxElements, func(at string, e node) { c.element(at, e, seen) })
}

func (c *checker) element(at string, e node, seen map[string]bool) {
	if id, ok := e["action_id"].(string); ok && id != "" {
		if len(id) > maxID || seen[id] {
			c.refuse(at+"/action_id", "action_id must be unique in its block and at most %d characters", maxID)
		}
		seen[id] = true
	}
	switch e["type"] {
	case "button":
		c.text(at+"/text", e["text"], maxButton, true)
		if e["value"] != nil {
			c.length(at+"/value", e["value"], maxValue)
		}
		if style := e["style"]; style != nil && style != "primary" && style != "danger" {
			c.refuse(at+"/style", "must be primary or danger")
		}
	case "static_select", "external_select", "checkboxes", "radio_buttons":
		c.choice(at, e)
	case "users_select", "overflow", "datepicker":
	default:
		c.refuse(at+"/type", "unsupported type: %v", e["type"])
	}
}

// rich checks an element of a rich text block, or the block in a cell of a table.
func (c *checker) rich(at string, e node) {
	switch e["type"] {
	case "rich_text", "rich_text_section", "rich_text_preformatted", "rich_text_quote", "rich_text_list":
		c.each(at, e["elements"], maxBlockText, c.rich)
	case "text":
		c.length(at+"/text", e["text"], maxBlockText)
	case "user":
		c.length(at+"/user_id", e["user_id"], maxID)
	case "emoji":
		c.length(at+"/name", e["name"], maxID)
	case "link":
		c.length(at+"/url", e["url"], maxSection)
	case "channel":
		c.length(at+"/channel_id", e["channel_id"], maxID)
	default:
		c.refuse(at+"/type", "unsupported type: %v", e["type"])
	}
}

func (c *checker) rows(at string, b node) {
	if c.table {
		c.refuse(at, "only_one_table_allowed")
	}
	c.table = true
	rows, _ := b["rows"].([]any)
	if len(rows) == 0 || len(rows) > maxTableRows {
		c.refuse(at+"/rows", "must have 1 to %d rows", maxTableRows)
	}
	for i, row := range rows {
		c.each(fmt.Sprintf("%s/rows/%d", at, i), row, maxTableColumn, func(at string, cell node) {
			switch cell["type"] {
			case "raw_text":
				c.length(at+"/text", cell["text"], maxBlockText)
			case "rich_text":
				c.rich(at, cell)
			default:
				c.refuse(at+"/type", "unsupported type: %v", cell["type"])
			}
		})
	}
}

// each checks a list that must not be empty.
func (c *checker) each(at string, list any, most int, check func(at string, item node)) {
	items, _ := list.([]any)
	if len(items) == 0 || len(items) > most {
		c.refuse(at, "must have 1 to %d items", most)
	}
	for i, item := range items {
		n, ok := item.(map[string]any)
		if !ok {
			c.refuse(at, "must be an object")
			continue
		}
		check(fmt.Sprintf("%s/%d", at, i), n)
	}
}

// text checks a text object.
func (c *checker) text(at string, value any, most int, plain bool) {
	o, _ := value.(map[string]any)
	if o["type"] != "plain_text" && (plain || o["type"] != "mrkdwn") {
		c.refuse(at+"/type", "unsupported type: %v", o["type"])
	}
	c.length(at+"/text", o["text"], most)
}

// length checks a text that must not be empty. Slack does not say what it counts; UTF-16 counts most.
func (c *checker) length(at string, value any, most int) {
	text, ok := value.(string)
	n := len(utf16.Encode([]rune(text)))
	if !ok || n == 0 || n > most {
		c.refuse(at, "must be a text of 1 to %d characters", most)
	}
	c.total += n
}
