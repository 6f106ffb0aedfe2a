package expr

import (
	"math"
	"strconv"
	"strings"
)

func numberFilters() map[string]filter {
	return map[string]filter{
		"abs": {do: func(_ *run, in any, _ []any) (any, error) {
			switch n, _ := numeric(in); n := n.(type) {
			case int64:
				return max(n, -n), nil
			case float64:
				return math.Abs(n), nil
			}
			return nil, faultf("%s is no number", kind(in))
		}},
		"int":   {takes: "default base", do: intFilter},
		"float": {takes: "default", do: floatFilter},
		"round": {takes: "precision method", do: roundFilter},
		"sum":   {takes: "attribute start", do: sumFilter},
	}
}

func intFilter(_ *run, in any, a []any) (any, error) {
	base, err := whole(a[1], 10)
	if err != nil {
		return nil, err
	}
	switch v, _ := numeric(in); v := v.(type) {
	case int64:
		return v, nil
	case float64:
		if math.Abs(v) < maxWhole {
			return int64(v), nil
		}
	}
	if text, ok := in.(string); ok && (base == 0 || base >= 2 && base <= 36) {
		text = strings.ToLower(strings.TrimSpace(text))
		bare := map[int64]string{16: "0x", 8: "0o", 2: "0b"}[base]
		if n, err := strconv.ParseInt(strings.TrimPrefix(text, bare), int(base), 64); err == nil {
			return n, nil
		}
		// Jinja takes a text such as 3.7 as well.
		if f, err := strconv.ParseFloat(text, 64); err == nil && base == 10 && math.Abs(f) < maxWhole {
			return int64(f), nil
		}
	}
	return or(a[0], int64(0)), nil
}

func floatFilter(_ *run, in any, a []any) (any, error) {
	if n, ok := numeric(in); ok {
		return toFloat(n), nil
	}
	if text, ok := in.(string); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
			return f, nil
		}
	}
	return or(a[0], 0.0), nil
}

func roundFilter(_ *run, in any, a []any) (any, error) {
	n, ok := numeric(in)
	if !ok {
		return nil, faultf("%s is no number", kind(in))
	}
	digits, err := whole(a[0], 0)
	if err != nil {
		return nil, err
	}
	method, err := word(a[1], "common")
	if err != nil {
		return nil, err
	}
	by, ok := map[string]func(float64) float64{"common": math.RoundToEven, "ceil": math.Ceil, "floor": math.Floor}[method]
	if !ok {
		return nil, faultf("the method is common, ceil or floor, not %q", method)
	}
	if digits < -300 || digits > 300 {
		return n, nil
	}
	f, scale := toFloat(n), math.Pow(10, float64(digits))
	if method == "common" && digits >= 0 {
		// What is written is rounded, as in Python: 2.675 is a little less in binary.
		f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(digits), 64), 64)
		if err != nil {
			return nil, faultf("%s is too large", kind(in))
		}
		return f, nil
	}
	return by(f*scale) / scale, nil
}

func sumFilter(r *run, in any, a []any) (any, error) {
	list, err := r.attributes(in, a[0], absent{})
	if err != nil {
		return nil, err
	}
	sum, ok := numeric(or(a[1], int64(0)))
	if !ok {
		return nil, faultf("the start must be a number")
	}
	for _, v := range list {
		n, ok := numeric(v)
		if !ok {
			return nil, faultf("%s is no number", kind(v))
		}
		if sum, err = plus(sum, n); err != nil {
			return nil, err
		}
	}
	return sum, nil
}
