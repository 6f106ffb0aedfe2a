package expr

import (
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
)

const (
	maxPattern = 1000
	// maxTries bounds the length of a text times the size of the pattern's program: Go's time is in proportion to it.
	maxTries = 1 << 25
	// triesPerStep is how many of these cost as much as an expression.
	triesPerStep = 16
	maxMatches   = 50_000
)

// pattern compiles a regular expression for a text. Go's expressions take linear time; what Python has beyond them (references to
// groups, look-around, possessive repeats) is refused.
func (r *run) pattern(text string, pattern, ignoreCase any, anchored bool) (*regexp.Regexp, error) {
	source, err := word(pattern, "")
	if err != nil {
		return nil, err
	}
	if len(source) > maxPattern {
		return nil, faultf("the pattern has %d bytes, and at most %d are taken", len(source), maxPattern)
	}
	// Python's end of the text is written \Z.
	source = strings.ReplaceAll(source, `\Z`, `\z`)
	if truth(or(ignoreCase, false)) {
		source = "(?i:" + source + ")"
	}
	if anchored {
		source = `\A(?:` + source + `)`
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, faultf("the pattern cannot be used (%s); write it without references to groups, look-around and possessive repeats",
			strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, faultf("the pattern cannot be used (%s)", err)
	}
	tries := (len(text) + 1) * len(program.Inst)
	if tries > maxTries {
		return nil, faultf("the pattern is too costly for a text of %d bytes; make one of them shorter", len(text))
	}
	if err := r.spend(len(program.Inst) + tries/triesPerStep); err != nil {
		return nil, err
	}
	return regexp.Compile(source)
}

func regexFilters() map[string]filter {
	matching := func(anchored bool) filter {
		return filter{takes: "pattern ignorecase", needs: 1, do: func(r *run, in any, a []any) (any, error) {
			text, err := r.text(in)
			if err != nil {
				return nil, err
			}
			p, err := r.pattern(text, a[0], a[1], anchored)
			if err != nil {
				return nil, err
			}
			return p.MatchString(text), nil
		}}
	}
	return map[string]filter{
		"regex_match":     matching(true),
		"regex_search":    matching(false),
		"regex_replace":   {takes: "pattern replacement ignorecase", needs: 2, do: regexReplace},
		"regex_substring": {takes: "pattern result_index ignorecase", needs: 1, do: regexSubstring},
	}
}

func (r *run) matches(p *regexp.Regexp, text string) ([][]int, error) {
	all := p.FindAllStringSubmatchIndex(text, maxMatches+1)
	if len(all) > maxMatches {
		return nil, faultf("the pattern is found more than %d times", maxMatches)
	}
	return all, r.spend(len(all) * (p.NumSubexp() + 1))
}

func regexReplace(r *run, in any, a []any) (any, error) {
	text, err := r.text(in)
	if err != nil {
		return nil, err
	}
	p, err := r.pattern(text, a[0], a[2], false)
	if err != nil {
		return nil, err
	}
	template, err := word(a[1], "")
	if err != nil {
		return nil, err
	}
	if template, err = replacement(p, template); err != nil {
		return nil, err
	}
	all, err := r.matches(p, text)
	if err != nil {
		return nil, err
	}
	var out []byte
	last := 0
	references := strings.Count(template, "${")
	for _, m := range all {
		out = append(out, text[last:m[0]]...)
		last = m[1]
		// A group lies inside the match, so this is the most that can come.
		most := len(template) + references*(m[1]-m[0])
		if err := r.fits(len(out) + most); err != nil {
			return nil, err
		}
		if err := r.spendText(most); err != nil {
			return nil, err
		}
		out = p.ExpandString(out, template, text, m)
	}
	return string(append(out, text[last:]...)), nil
}

// replacement turns Python's \1 and \g<name> into Go's ${1} and ${name}.
func replacement(p *regexp.Regexp, text string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '$':
			b.WriteString("$$")
		case c != '\\' || i+1 == len(text):
			b.WriteByte(c)
		case text[i+1] >= '1' && text[i+1] <= '9':
			i++
			name := text[i : i+1]
			if i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9' {
				i++
				name += text[i : i+1]
			}
			if n, _ := strconv.Atoi(name); n > p.NumSubexp() {
				return "", faultf("the pattern has no group %s", name)
			}
			b.WriteString("${" + name + "}")
		case strings.HasPrefix(text[i+1:], "g<") && strings.Contains(text[i:], ">"):
			name := text[i+3 : i+strings.IndexByte(text[i:], '>')]
			if n, err := strconv.Atoi(name); p.SubexpIndex(name) < 0 && (err != nil || n < 0 || n > p.NumSubexp()) {
				return "", faultf("the pattern has no group %q", name)
			}
			b.WriteString("${" + name + "}")
			i += 3 + len(name)
		default:
			i++
			s, _ := escape(text[i-1 : i+1])
			b.WriteString(s)
			if s == `\` && text[i] != '\\' {
				b.WriteByte(text[i])
			}
		}
	}
	return b.String(), nil
}

// regexSubstring is re.findall(pattern, text)[index].
func regexSubstring(r *run, in any, a []any) (any, error) {
	text, err := r.text(in)
	if err != nil {
		return nil, err
	}
	p, err := r.pattern(text, a[0], a[2], false)
	if err != nil {
		return nil, err
	}
	i, err := whole(a[1], 0)
	if err != nil {
		return nil, err
	}
	all, err := r.matches(p, text)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		i += int64(len(all))
	}
	if i < 0 || i >= int64(len(all)) {
		return nil, faultf("the pattern is found %d times, so there is no number %d (the first is 0)", len(all), i)
	}
	// With groups findall gives these in place of the whole.
	groups := []any{}
	for at := all[i]; len(at) > 0; at = at[2:] {
		part := ""
		if at[0] >= 0 {
			part = text[at[0]:at[1]]
		}
		groups = append(groups, part)
	}
	switch len(groups) {
	case 1:
		return groups[0], nil
	case 2:
		return groups[1], nil
	}
	return groups[1:], nil
}
