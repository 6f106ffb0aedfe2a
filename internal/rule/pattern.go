package rule

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

const (
	// maxPattern bounds the length of a regular expression, and with it what it costs to compile.
	maxPattern = 1000
	// maxTries bounds the length of a text times the size of a pattern's program: Go's time is in proportion to it.
	maxTries = 1 << 26
)

// pattern is a compiled regular expression.
type pattern struct {
	re   *regexp.Regexp
	size int // of its program
	// dollar says that $ is in it. Python lets it match before a line feed at the end as well.
	dollar bool
}

func (p *pattern) match(text string) (bool, error) {
	if p.size*(len(text)+1) > maxTries {
		return false, faultf("the pattern is too costly for a text of %d bytes; make one of them shorter", len(text))
	}
	if p.re.MatchString(text) {
		return true, nil
	}
	shorter, cut := strings.CutSuffix(text, "\n")
	return cut && p.dollar && p.re.MatchString(shorter), nil
}

// matches makes an operator of a way to compile patterns.
func matches(compile func(string) (*pattern, error)) func(operand) (bool, error) {
	return func(o operand) (bool, error) {
		source, ok := o.pattern.(string)
		if !ok {
			return false, faultf("the pattern is %s, and the operator takes a text", kind(o.pattern))
		}
		text, ok := o.value.(string)
		if !ok {
			return false, faultf("the value is %s, and the operator takes a text", kind(o.value))
		}
		p := o.compiled
		if p == nil {
			var err error
			if p, err = compile(source); err != nil {
				return false, err
			}
		}
		return p.match(text)
	}
}

// compileMatch is re.compile(source, DOTALL).match.
func compileMatch(source string) (*pattern, error) {
	return compile(source, func(s string) string { return `\A(?s:` + s + `)` })
}

// compileSearch is re.compile(source).search.
func compileSearch(source string) (*pattern, error) {
	return compile(source, func(s string) string { return s })
}

// compileFolded is re.compile(source, IGNORECASE).search.
func compileFolded(source string) (*pattern, error) {
	return compile(source, func(s string) string { return `(?i:` + s + `)` })
}

// compile reads Python's regular expression. What Go's lack (references to groups, look-around, possessive repeats) is refused: it can
// take time without bound.
func compile(source string, dress func(string) string) (*pattern, error) {
	if len(source) > maxPattern {
		return nil, faultf("the pattern has %d bytes, and at most %d are taken", len(source), maxPattern)
	}
	// Python's end of the text is written \Z, and an expression that is cut off must not be mended by what is put around it.
	source = strings.ReplaceAll(source, `\Z`, `\z`)
	tree, err := syntax.Parse(source, syntax.Perl)
	if err == nil {
		tree, err = syntax.Parse(dress(source), syntax.Perl)
	}
	if err != nil {
		return nil, faultf("the pattern cannot be used (%s); write it without references to groups, look-around and possessive repeats",
			strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, faultf("the pattern cannot be used (%s)", err)
	}
	re, err := regexp.Compile(dress(source))
	if err != nil {
		return nil, faultf("the pattern cannot be used (%s)", err)
	}
	return &pattern{re: re, size: len(program.Inst), dollar: hasDollar(tree)}, nil
}

func hasDollar(tree *syntax.Regexp) bool {
	if tree.Op == syntax.OpEndText && tree.Flags&syntax.WasDollar != 0 {
		return true
	}
	for _, sub := range tree.Sub {
		if hasDollar(sub) {
			return true
		}
	}
	return false
}

// compileWildcard is fnmatch: * and ? stand for anything, line feeds too, [seq] and [!seq] for one character.
func compileWildcard(source string) (*pattern, error) {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	runes := []rune(source)
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; c {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteByte('.')
		case '[':
			end := closing(runes, i)
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			b.WriteString(class(runes[i+1 : end]))
			i = end
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString(`\z`)
	if len(source) > maxPattern {
		return nil, faultf("the pattern has %d bytes, and at most %d are taken", len(source), maxPattern)
	}
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, faultf("the pattern cannot be used (%s)", err)
	}
	return &pattern{re: re, size: b.Len()}, nil
}

// closing returns where the bracket that opens at i is closed, or -1. A ] right after it, or after !, belongs to the set.
func closing(runes []rune, i int) int {
	j := i + 1
	if j < len(runes) && runes[j] == '!' {
		j++
	}
	if j < len(runes) && runes[j] == ']' {
		j++
	}
	for ; j < len(runes); j++ {
		if runes[j] == ']' {
			return j
		}
	}
	return -1
}

// class writes a set as a class of a regular expression. A range that goes backwards holds nothing.
func class(set []rune) string {
	negated := len(set) > 0 && set[0] == '!'
	if negated {
		set = set[1:]
	}
	var b strings.Builder
	for i := 0; i < len(set); i++ {
		low, high := set[i], set[i]
		if i+2 < len(set) && set[i+1] == '-' {
			high = set[i+2]
			i += 2
		}
		if low > high {
			continue
		}
		b.WriteString(member(low))
		if low < high {
			b.WriteString("-" + member(high))
		}
	}
	switch {
	case b.Len() == 0 && negated:
		return "."
	case b.Len() == 0:
		return `[^\x{0}-\x{10FFFF}]`
	case negated:
		return "[^" + b.String() + "]"
	}
	return "[" + b.String() + "]"
}

func member(c rune) string {
	if strings.ContainsRune(`\]^-[&~|`, c) {
		return `\` + string(c)
	}
	return string(c)
}
