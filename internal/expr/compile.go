package expr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"

	"github.com/petrelops/petrel/bot"
)

const (
	// maxSource is how many bytes a template may have. With maxBrackets it bounds the stack of gonja's parser.
	maxSource   = 64 << 10
	maxBrackets = 100
)

// Compile reads a template. The error has CodeInvalid and a text that names the line, the column and the line's text. A text
// without anything to render costs nothing and renders to itself.
func (e *Engine) Compile(text string) (*Template, error) {
	if !IsTemplate(text) {
		return &Template{engine: e, source: text}, nil
	}
	return e.parse(text)
}

// Expression reads an expression on its own, as it would stand between {{ and }}. Its Value keeps the type.
func (e *Engine) Expression(text string) (*Template, error) {
	t, err := e.parse("{{ " + text + "\n}}")
	if err != nil {
		return nil, err
	}
	if t.single() == nil {
		return nil, refuse(text, nil, "this is more than one expression")
	}
	return t, nil
}

func (e *Engine) parse(source string) (t *Template, err error) {
	defer func() {
		// Gonja's parser goes wrong on some texts that it should refuse.
		if p := recover(); p != nil {
			t, err = nil, refuse(source, nil, "it cannot be read")
		}
	}()
	if len(source) > maxSource {
		return nil, refuse(source, nil, fmt.Sprintf("it has %d bytes, and at most %d are read", len(source), maxSource))
	}
	c := config.New()
	c.TrimBlocks = true
	// Gonja does the same to line ends, but then the places of tokens are none of the source.
	c.KeepTrailingNewline = true
	source = strings.TrimSuffix(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source), "\n")
	list, last := lex(source, c)
	if last.Type == tokens.Error {
		return nil, refuse(source, last, strings.ToLower(last.Val))
	}
	if deep := tooDeep(list); deep != nil {
		return nil, refuse(source, deep, fmt.Sprintf("brackets are nested more than %d deep", maxBrackets))
	}
	root, err := parser.NewParser("template", tokens.NewStream(list), c, nil, blocks{}).Parse()
	if err != nil {
		return nil, unreadable(source, err)
	}
	t = &Template{engine: e, source: source, root: root.Nodes}
	if err := e.check(t); err != nil {
		return nil, err
	}
	return t, nil
}

// lex returns the tokens and the last of them. Gonja ends in the middle without a word where a token cannot be read, so the last one
// must be looked at.
func lex(source string, c *config.Config) ([]*tokens.Token, *tokens.Token) {
	var list []*tokens.Token
	for stream := tokens.LexAll(source, c); ; stream.Next() {
		t := stream.Current()
		if t.Type == tokens.String {
			// The parser undoes what is doubled here.
			t.Val = strings.ReplaceAll(literal(source, t.Pos), `\`, `\\`)
		}
		if n := len(list); n > 0 && list[n-1].Type == tokens.Data && (t.Type == tokens.BlockBegin || t.Type == tokens.CommentBegin) {
			leftStrip(source, list[n-1], t)
		}
		list = append(list, t)
		if stream.End() {
			return list, stream.Current()
		}
	}
}

// leftStrip is lstrip_blocks: blanks before a block go where nothing else stands before it in its line. Gonja drops them also behind
// a value in the same line.
func leftStrip(source string, data, begin *tokens.Token) {
	line := strings.LastIndexByte(data.Val, '\n') + 1
	fresh := line > 0 || data.Pos == 0 || source[data.Pos-1] == '\n'
	if fresh && !strings.HasSuffix(begin.Val, "+") && strings.Trim(data.Val[line:], " \t") == "" {
		data.Val = data.Val[:line]
	}
}

func tooDeep(list []*tokens.Token) *tokens.Token {
	depth := 0
	for _, t := range list {
		switch t.Type {
		case tokens.LeftParenthesis, tokens.LeftBracket, tokens.LeftBrace:
			if depth++; depth > maxBrackets {
				return t
			}
		case tokens.RightParenthesis, tokens.RightBracket, tokens.RightBrace:
			depth--
		}
	}
	return nil
}

// unreadable takes the place and the words from an error of the parser.
func unreadable(source string, err error) error {
	var where *parser.SyntaxError
	if !errors.As(err, &where) {
		return refuse(source, nil, sentence(err.Error()))
	}
	place := &tokens.Token{Line: where.Line, Col: where.Column}
	return refuse(source, place, sentence(where.Message))
}

// sentence makes gonja's words fit into a sentence.
func sentence(text string) string {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".")
	if text == "" {
		return "it cannot be read"
	}
	return strings.ToLower(text[:1]) + text[1:]
}

func refuse(source string, place *tokens.Token, why string) error {
	const op = "expr.template.compile"
	if place == nil || place.Line == 0 {
		return bot.E(bot.CodeInvalid, op, fmt.Sprintf("The template %q cannot be read: %s. Mend it where it is written.", snippet(source, 0), why), nil)
	}
	return bot.E(bot.CodeInvalid, op, fmt.Sprintf("The template cannot be read: line %d, column %d: %s, in %q. Mend it where it is written.",
		place.Line, place.Col, why, snippet(source, place.Line)), nil)
}

// check refuses filters and tests that are not there, so that the mistake is found before the template is needed.
func (e *Engine) check(t *Template) error {
	var wrong error
	w := walker{visit: func(n nodes.Node) {
		if wrong != nil {
			return
		}
		switch n := n.(type) {
		case *nodes.FilteredExpression:
			for _, f := range n.Filters {
				if _, ok := e.filters[f.Name]; !ok {
					wrong = refuse(t.source, f.Token, "there is no filter "+f.Name)
				}
			}
		case *nodes.TestExpression:
			if _, ok := e.tests[n.Test.Name]; !ok {
				wrong = refuse(t.source, n.Test.Token, "there is no test "+n.Test.Name)
			}
		}
	}}
	w.all(t.root)
	return wrong
}

// literal returns the text of the string literal that begins at a place of the source, read as Python reads it. Gonja undoes escapes
// in an order that changes from run to run and refuses those that it does not know, such as \d in a pattern.
func literal(source string, from int) string {
	quote := source[from]
	body := source[from+1:]
	// The same end as gonja's lexer finds.
	end := 0
	for end < len(body) && (body[end] != quote || end > 0 && body[end-1] == '\\') {
		end++
	}
	body = body[:end]
	var b strings.Builder
	for len(body) > 0 {
		at := strings.IndexByte(body, '\\')
		if at < 0 || at == len(body)-1 {
			b.WriteString(body)
			break
		}
		b.WriteString(body[:at])
		text, used := escape(body[at:])
		b.WriteString(text)
		body = body[at+used:]
	}
	return b.String()
}

// escape reads the escape at the start of a text and returns what it stands for and its length. One that Python does not know stays
// as it is.
func escape(text string) (string, int) {
	short := map[byte]string{
		'\\': `\`, '\'': "'", '"': `"`, 'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\n': "",
	}
	if s, ok := short[text[1]]; ok {
		return s, 2
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]
	if digits > 0 && len(text) >= 2+digits {
		if n, err := strconv.ParseUint(text[2:2+digits], 16, 32); err == nil && n <= 0x10ffff {
			return string(rune(n)), 2 + digits
		}
	}
	return text[:1], 1
}
