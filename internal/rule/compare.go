package rule

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/internal/expr"
)

// compare orders numbers, texts and lists as Python does. Anything else has no order.
func compare(left, right any) (int, error) {
	switch a := left.(type) {
	case string:
		if b, ok := right.(string); ok {
			return strings.Compare(a, b), nil
		}
	case []any:
		b, ok := right.([]any)
		if !ok {
			break
		}
		// The first items that differ decide, so that ones without an order do no harm where they are equal.
		for i := range min(len(a), len(b)) {
			if !expr.Equal(a[i], b[i]) {
				return compare(a[i], b[i])
			}
		}
		return cmp.Compare(len(a), len(b)), nil
	default:
		if i, ok := left.(int64); ok {
			if j, ok := right.(int64); ok {
				return cmp.Compare(i, j), nil
			}
		}
		x, xOK := float(left)
		y, yOK := float(right)
		if xOK && yOK {
			return cmp.Compare(x, y), nil
		}
	}
	return 0, faultf("%s and %s have no order", kind(left), kind(right))
}

// float returns the number that a value is; a truth value is one as well.
func float(value any) (float64, bool) {
	switch v := value.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// kind names what a value is, in sentences.
func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth value"
	case int64, float64:
		return "a number"
	case string:
		return "a text"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	}
	return fmt.Sprintf("%T", value)
}

// fault is why a criterion could not be decided.
type fault string

func (f fault) Error() string { return string(f) }

func faultf(format string, args ...any) error { return fault(fmt.Sprintf(format, args...)) }
