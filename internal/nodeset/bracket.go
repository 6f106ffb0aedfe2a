package nodeset

import "fmt"

// maxDigits keeps every number inside 64 bits, with room to add.
const maxDigits = 18

// bracket reads "[…]". before is the text of the operand between its last bracket, or its start at byte from, and this one.
func (s *scanner) bracket(from int, before string) ([]span, *SyntaxError) {
	b := bracketScanner{scanner: s, open: s.pos, prefix: s.text[from:s.pos]}
	if len(b.prefix) > maxQuoted {
		b.prefix = "n" // an example must stay short enough to read
	}
	b.glued = before != "" && isDigit(before[len(before)-1])
	var spans []span
	for {
		s.pos++ // past "[" or ","
		sp, fault := b.span()
		if fault != nil {
			return nil, fault
		}
		spans = append(spans, sp)
		switch s.peek() {
		case ',':
		case ']':
			s.pos++
			return spans, nil
		default:
			return nil, b.unexpected(`"," or "]"`)
		}
	}
}

// bracketScanner reads inside one bracket. Spaces are free there.
type bracketScanner struct {
	*scanner
	open   int    // byte offset of "["
	prefix string // the operand up to the bracket, for examples
	glued  bool   // a digit stands right before the bracket
}

// span reads "5", "5-9" or "5-9/2" and the space behind it.
func (b *bracketScanner) span() (span, *SyntaxError) {
	b.skipSpace()
	at := b.pos
	first, fault := b.number()
	if fault != nil {
		return span{}, fault
	}
	last, step := first, uint64(1)
	ranged := b.peek() == '-'
	if ranged {
		b.pos++
		if last, fault = b.number(); fault != nil {
			return span{}, fault
		}
		if fault = b.checkEnds(at, first, last); fault != nil {
			return span{}, fault
		}
	}
	if b.peek() == '/' {
		if step, fault = b.step(ranged); fault != nil {
			return span{}, fault
		}
	}
	sp := span{first: value(first), last: value(last), step: step}
	if padded(first) || padded(last) {
		sp.width = len(first)
	}
	if sp.first > sp.last {
		example := fmt.Sprintf("%s[%s-%s]", b.prefix, last, first)
		return span{}, b.fault(at, example, fmt.Sprintf("the range %s-%s runs backwards", first, last))
	}
	return sp, nil
}

// checkEnds refuses ranges whose reading is in doubt: [001-10] has two widths, and for n1[8-11] ClusterShell means n[18-111]
// where many people mean n18, n19, n110, n111.
func (b *bracketScanner) checkEnds(at int, first, last string) *SyntaxError {
	if len(first) == len(last) {
		return nil
	}
	if padded(first) || padded(last) {
		width := max(len(first), len(last))
		example := fmt.Sprintf("%s[%0*d-%0*d]", b.prefix, width, value(first), width, value(last))
		return b.fault(at, example, fmt.Sprintf("the ends of %s-%s are padded with zeros to different lengths", first, last))
	}
	if b.glued {
		return b.fault(at, exampleRange, fmt.Sprintf(
			"a digit stands before the bracket and the ends of %s-%s differ in length; put all digits of the number inside", first, last))
	}
	return nil
}

// step reads "/2". It needs a range to step through.
func (b *bracketScanner) step(ranged bool) (uint64, *SyntaxError) {
	slash := b.pos
	if !ranged {
		return 0, b.fault(slash, exampleStep, "a step needs a range before it")
	}
	b.pos++
	number, fault := b.number()
	if fault != nil {
		return 0, fault
	}
	step := value(number)
	if step == 0 {
		return 0, b.fault(slash, exampleStep, "the step is 0, so the range would not end")
	}
	return step, nil
}

// number reads digits and the space around them.
func (b *bracketScanner) number() (string, *SyntaxError) {
	b.skipSpace()
	at := b.pos
	number := b.take(isDigit)
	if number == "" {
		return "", b.unexpected("a number")
	}
	if len(number) > maxDigits {
		return "", b.fault(at, exampleRange, fmt.Sprintf("this number has more than %d digits", maxDigits))
	}
	b.skipSpace()
	return number, nil
}

func (b *bracketScanner) unexpected(want string) *SyntaxError {
	switch {
	case b.end():
		return b.fault(b.open, exampleRange, "the bracket that opens here is not closed")
	case b.peek() == '[':
		return b.fault(b.pos, exampleList, "a bracket cannot stand inside a bracket")
	}
	return b.fault(b.pos, exampleList, fmt.Sprintf("%s stands where %s is expected", b.char(), want))
}

// padded tells whether a number is written with leading zeros.
func padded(number string) bool { return len(number) > 1 && number[0] == '0' }

// value returns the value of at most maxDigits digits.
func value(number string) uint64 {
	var v uint64
	for i := range len(number) {
		v = v*10 + uint64(number[i]-'0')
	}
	return v
}
