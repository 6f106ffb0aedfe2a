package expr_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/expr"
)

// typical is what the result format of an alias looks like.
const typical = `{% if execution.status == 'succeeded' -%}
{% for node in execution.result.nodes %}
{{ node.name }} is {{ node.state | upper }}{% if node.reason is defined %} ({{ node.reason }}){% endif %}

{% endfor %}
{%- else -%}
{{ execution.id }} failed: {{ execution.result.stderr | default('no output') | truncate(80) }}
{%- endif %}`

func typicalVars() map[string]any {
	var nodes []any
	for range 10 {
		nodes = append(nodes, map[string]any{"name": "node1", "state": "drain", "reason": "disk"})
	}
	return map[string]any{"execution": map[string]any{
		"id": "5799522f55fc8c2d33ac03e0", "status": "succeeded", "result": map[string]any{"nodes": nodes},
	}}
}

func BenchmarkCompile(b *testing.B) {
	e := expr.New(expr.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Compile(typical); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	tmpl, err := expr.New(expr.Options{}).Compile(typical)
	if err != nil {
		b.Fatal(err)
	}
	vars := typicalVars()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tmpl.Text(b.Context(), vars); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlainText(b *testing.B) {
	e := expr.New(expr.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Compile("a text without anything to render"); err != nil {
			b.Fatal(err)
		}
	}
}
