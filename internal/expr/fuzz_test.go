package expr_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
)

// FuzzRender holds that any template renders or is refused, within its bounds and without a panic.
func FuzzRender(f *testing.F) {
	for _, source := range bombs {
		f.Add(source)
	}
	for _, source := range []string{
		`{{ text | replace('a', 'b') ~ one }}`, `{% for k, v in map.items() %}{{ loop.index }}{{ k }}{% else %}{% endfor %}`,
		`{% macro f(a, b=1) %}{{ a }}{% endmacro %}{{ f(1) }}`, `{% set n = namespace(a=1) %}{% set n.a = 2 %}{{ n.a }}`,
		`{{ '%5.2f' % half }}{{ list[::-1] }}{{ x is defined }}{{ people | selectattr('on') | map(attribute='name') | join }}`,
		`{% raw %}{{ {% endraw %}{# #}{% if a in b %}{% elif c %}{% endif %}`, "{{ '\\x41\\u00e9\\' }}", "{{- 1 -}}", "{%+ if 1 %}{% endif %}",
	} {
		f.Add(source)
	}
	options := expr.Options{Output: 1 << 14, Work: 100_000, Time: 10 * time.Second}
	if testing.Short() {
		options.Work = 10_000
	}
	strict := expr.New(options)
	options.AllowUndefined = true
	lenient := expr.New(options)
	f.Fuzz(func(t *testing.T, source string) {
		for _, e := range []*expr.Engine{strict, lenient} {
			text, err := render(t, e, source, vars())
			if code := bot.ErrorCode(err); code == bot.CodeInternal || code == bot.CodeTimeout {
				t.Fatalf("%q: %v", source, err)
			}
			if expr.IsTemplate(source) && len(text) > options.Output {
				t.Fatalf("%q wrote %d bytes", source, len(text))
			}
			if _, err := e.Render(t.Context(), source, vars()); bot.ErrorCode(err) == bot.CodeInternal {
				t.Fatalf("%q: %v", source, err)
			}
			if _, err := e.Names(source); bot.ErrorCode(err) == bot.CodeInternal {
				t.Fatalf("%q: %v", source, err)
			}
		}
	})
}
