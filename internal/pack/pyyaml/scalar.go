package pyyaml

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// The forms of plain scalars that PyYAML does not read as strings (its lib/yaml/resolver.py). They exclude each other.
var (
	formInt = regexp.MustCompile(`^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(:[0-5]?[0-9])*)$`)
	// An exponent needs a sign and a point before it, and a leading point allows no sign.
	formFloat = regexp.MustCompile(`^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?|` +
		`[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*)$`)
	formInfinite = regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// plain decides what a scalar without quotes and tag means. why is a sentence when it means nothing that can be kept.
func plain(text string) (kind Kind, value any, why string) {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null, nil, ""
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return Bool, true, ""
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return Bool, false, ""
	}
	// Most scalars are words: only these can begin a number.
	if !strings.ContainsRune("+-.0123456789", rune(text[0])) {
		return String, text, ""
	}
	switch {
	case formInt.MatchString(text):
		n, ok := integer(text)
		if !ok {
			return Int, nil, text + " is no number of 64 bits; put it in quotes."
		}
		return Int, n, ""
	case formFloat.MatchString(text):
		f, ok := float(text)
		if !ok {
			return Float, nil, "The number " + text + " is too large; put it in quotes."
		}
		return Float, f, ""
	case formInfinite.MatchString(text):
		return Float, nil, text + " is not a finite number; write a number, or put it in quotes."
	}
	return String, text, ""
}

// integer reads what formInt matches.
func integer(text string) (int64, bool) {
	digits, negative := sign(strings.ReplaceAll(text, "_", ""))
	if strings.Contains(digits, ":") {
		f, ok := sexagesimal(digits)
		if negative {
			f = -f
		}
		return int64(f), ok && math.Abs(f) < 1<<53
	}
	base := 10
	switch {
	case strings.HasPrefix(digits, "0b"):
		base, digits = 2, digits[2:]
	case strings.HasPrefix(digits, "0x"):
		base, digits = 16, digits[2:]
	case strings.HasPrefix(digits, "0"):
		base = 8
	}
	if negative {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, base, 64)
	return n, err == nil
}

// float reads what formFloat matches.
func float(text string) (float64, bool) {
	digits, negative := sign(strings.ReplaceAll(text, "_", ""))
	f, ok := sexagesimal(digits)
	if negative {
		f = -f
	}
	return f, ok
}

func sign(text string) (rest string, negative bool) {
	if text[0] == '-' || text[0] == '+' {
		return text[1:], text[0] == '-'
	}
	return text, false
}

// sexagesimal reads digits to the base 60, such as 1:30, and plain decimal numbers, which have one such digit.
func sexagesimal(text string) (float64, bool) {
	sum := 0.0
	for digit := range strings.SplitSeq(text, ":") {
		f, err := strconv.ParseFloat(digit, 64)
		if err != nil {
			return 0, false
		}
		sum = sum*60 + f
	}
	return sum, !math.IsInf(sum, 0)
}
