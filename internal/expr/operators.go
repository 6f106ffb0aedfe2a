package expr

import (
	"math"
	"slices"
	"strings"

	"github.com/nikolalohinski/gonja/v2/tokens"
)

// binary computes left op right as Python does. Both are resolved.
func (r *run) binary(op *tokens.Token, left, right any) (any, error) {
	switch op.Type {
	case tokens.Equals, tokens.Ne:
		same, err := r.equal(left, right)
		return same == (op.Type == tokens.Equals), err
	case tokens.LowerThan, tokens.LowerThanOrEqual, tokens.GreaterThan, tokens.GreaterThanOrEqual:
		order, err := r.compare(left, right)
		if err != nil {
			return nil, err
		}
		return map[tokens.Type]bool{
			tokens.LowerThan: order < 0, tokens.LowerThanOrEqual: order <= 0,
			tokens.GreaterThan: order > 0, tokens.GreaterThanOrEqual: order >= 0,
		}[op.Type], nil
	case tokens.Tilde:
		return r.concat(left, right)
	}
	a, aNumber := numeric(left)
	b, bNumber := numeric(right)
	if aNumber && bNumber {
		return arithmetic(op, a, b)
	}
	switch text, isText := left.(string); {
	case op.Type == tokens.Addition:
		return r.join2(left, right)
	case op.Type == tokens.Multiply:
		return r.repeat(left, right)
	case op.Type == tokens.Modulo && isText:
		return r.percent(text, right)
	}
	return nil, faultf("%s and %s cannot be put together by %s", kind(left), kind(right), op.Val)
}

// numeric returns an int64 or a float64 for a number; a truth value is one as well.
func numeric(v any) (any, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return int64(1), true
		}
		return int64(0), true
	case int64, float64:
		return v, true
	}
	return nil, false
}

func toFloat(v any) float64 {
	if i, ok := v.(int64); ok {
		return float64(i)
	}
	f, _ := v.(float64)
	return f
}

// maxWhole is where whole numbers end: beyond it a result in int64 could have gone round.
const maxWhole = 1 << 62

func arithmetic(op *tokens.Token, left, right any) (any, error) {
	a, b := toFloat(left), toFloat(right)
	i, iWhole := left.(int64)
	j, jWhole := right.(int64)
	whole := iWhole && jWhole
	if b == 0 && (op.Type == tokens.Division || op.Type == tokens.FloorDivision || op.Type == tokens.Modulo) {
		return nil, faultf("division by zero")
	}
	var n int64
	var f float64
	switch op.Type {
	case tokens.Addition:
		n, f = i+j, a+b
	case tokens.Subtraction:
		n, f = i-j, a-b
	case tokens.Multiply:
		n, f = i*j, a*b
	case tokens.Division:
		return a / b, nil
	case tokens.FloorDivision:
		f = math.Floor(a / b)
		if whole {
			n = i / j
			if i%j != 0 && (i < 0) != (j < 0) {
				n--
			}
		}
	case tokens.Modulo:
		f = a - b*math.Floor(a/b)
		if whole {
			n = (i%j + j) % j
			f = float64(n)
		}
	case tokens.Power:
		f = math.Pow(a, b)
		if whole = whole && j >= 0; whole && math.Abs(f) < maxWhole {
			n = power(i, j)
		}
	default:
		return nil, faultf("the operator %s is not known", op.Val)
	}
	if !whole {
		return f, nil
	}
	if math.Abs(f) >= maxWhole {
		return nil, faultf("a whole number is too large; write it with a decimal point")
	}
	return n, nil
}

func power(base, exponent int64) int64 {
	n := int64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			n *= base
		}
		base *= base
	}
	return n
}

func (r *run) concat(parts ...any) (any, error) {
	texts := make([]string, len(parts))
	size := 0
	for i, p := range parts {
		var err error
		if texts[i], err = r.text(p); err != nil {
			return nil, err
		}
		size += len(texts[i])
	}
	if err := r.spendText(size); err != nil {
		return nil, err
	}
	return strings.Join(texts, ""), nil
}

// join2 joins two texts or two lists.
func (r *run) join2(left, right any) (any, error) {
	switch a := left.(type) {
	case string:
		if b, ok := right.(string); ok {
			return r.concat(a, b)
		}
	case []any:
		if b, ok := right.([]any); ok {
			return slices.Concat(a, b), r.spendText(bytesPerStep * (len(a) + len(b)))
		}
	}
	return nil, faultf("%s and %s cannot be added; ~ makes text of both first", kind(left), kind(right))
}

// repeat is 'x' * 3 and [x] * 3, either way round.
func (r *run) repeat(left, right any) (any, error) {
	if _, ok := left.(int64); ok {
		left, right = right, left
	}
	n, ok := right.(int64)
	// The bound on the count keeps the products below from going round.
	n = min(max(n, 0), int64(r.options.Output)+1)
	switch v := left.(type) {
	case string:
		if ok {
			if err := r.spendText(len(v) * int(n)); err != nil {
				return nil, err
			}
			return strings.Repeat(v, int(n)), nil
		}
	case []any:
		if ok {
			if err := r.spendText(bytesPerStep * len(v) * int(n)); err != nil {
				return nil, err
			}
			return slices.Repeat(v, int(n)), nil
		}
	}
	return nil, faultf("%s cannot be multiplied by %s", kind(left), kind(right))
}

func plus(a, b any) (any, error) {
	return arithmetic(&tokens.Token{Type: tokens.Addition, Val: "+"}, a, b)
}
