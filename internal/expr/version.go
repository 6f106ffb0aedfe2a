package expr

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// version is a semantic version, as Python's semver reads one: all three numbers are there.
type version struct {
	numbers [3]uint64 // major, minor, patch
	pre     []string
}

var versionForm = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`)

func parseVersion(value any) (version, error) {
	text, ok := value.(string)
	if !ok {
		return version{}, faultf("%s is no version; write it as text such as '1.2.3'", kind(value))
	}
	m := versionForm.FindStringSubmatch(text)
	if m == nil {
		return version{}, faultf("the text is no version; one has the form 1.2.3 or 1.2.3-rc.1")
	}
	var v version
	for i := range v.numbers {
		n, err := strconv.ParseUint(m[i+1], 10, 62)
		if err != nil {
			return version{}, faultf("a number of the version is too large")
		}
		v.numbers[i] = n
	}
	if m[4] != "" {
		v.pre = strings.Split(m[4], ".")
	}
	return v, nil
}

func (v version) compare(w version) int {
	if n := slices.Compare(v.numbers[:], w.numbers[:]); n != 0 {
		return n
	}
	// A version with something behind it comes before the one without.
	if len(v.pre) == 0 || len(w.pre) == 0 {
		return cmp.Compare(len(w.pre), len(v.pre))
	}
	return slices.CompareFunc(v.pre, w.pre, func(a, b string) int {
		n, aErr := strconv.ParseUint(a, 10, 64)
		m, bErr := strconv.ParseUint(b, 10, 64)
		switch {
		case aErr == nil && bErr == nil:
			return cmp.Compare(n, m)
		case aErr == nil:
			return -1
		case bErr == nil:
			return 1
		}
		return strings.Compare(a, b)
	})
}

func versionFilters() map[string]filter {
	return map[string]filter{
		"version_compare":   comparing(func(n int) any { return int64(n) }),
		"version_more_than": comparing(func(n int) any { return n > 0 }),
		"version_less_than": comparing(func(n int) any { return n < 0 }),
		"version_equal":     comparing(func(n int) any { return n == 0 }),
		"version_match":     {takes: "pattern", needs: 1, do: versionMatch},
		"version_bump_major": bumping(func(n [3]uint64) string {
			return fmt.Sprintf("%d.0.0", n[0]+1)
		}),
		"version_bump_minor": bumping(func(n [3]uint64) string { return fmt.Sprintf("%d.%d.0", n[0], n[1]+1) }),
		"version_bump_patch": bumping(func(n [3]uint64) string { return fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]+1) }),
		"version_strip_patch": bumping(func(n [3]uint64) string {
			return fmt.Sprintf("%d.%d", n[0], n[1])
		}),
	}
}

func comparing(answer func(int) any) filter {
	return filter{takes: "pattern", needs: 1, do: func(_ *run, in any, a []any) (any, error) {
		n, err := compareVersions(in, a[0])
		if err != nil {
			return nil, err
		}
		return answer(min(max(n, -1), 1)), nil
	}}
}

func compareVersions(a, b any) (int, error) {
	v, err := parseVersion(a)
	if err != nil {
		return 0, err
	}
	w, err := parseVersion(b)
	if err != nil {
		return 0, err
	}
	return v.compare(w), nil
}

func bumping(write func([3]uint64) string) filter {
	return filter{do: func(_ *run, in any, _ []any) (any, error) {
		v, err := parseVersion(in)
		if err != nil {
			return nil, err
		}
		return write(v.numbers), nil
	}}
}

// versionMatch holds a version against a pattern such as >=1.2.3.
func versionMatch(_ *run, in any, a []any) (any, error) {
	pattern, err := word(a[0], "")
	if err != nil {
		return nil, err
	}
	for _, op := range []struct {
		sign   string
		passes func(int) bool
	}{
		{">=", func(n int) bool { return n >= 0 }},
		{"<=", func(n int) bool { return n <= 0 }},
		{"==", func(n int) bool { return n == 0 }},
		{"!=", func(n int) bool { return n != 0 }},
		{">", func(n int) bool { return n > 0 }},
		{"<", func(n int) bool { return n < 0 }},
		// Newer versions of semver take a bare version for ==.
		{"", func(n int) bool { return n == 0 }},
	} {
		if rest, ok := strings.CutPrefix(pattern, op.sign); ok {
			n, err := compareVersions(in, rest)
			return err == nil && op.passes(n), err
		}
	}
	return nil, faultf("the pattern cannot be read")
}
