package render_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/render"
)

// keys is a datastore with a few keys; what is encrypted has a * in front.
type keys map[string]string

func (k keys) Get(_ context.Context, key datastore.Key) (datastore.Entry, error) {
	v, ok := k[strings.Trim(string(key.Scope)+"/"+key.Owner+"/"+key.Name, "/")]
	if !ok {
		return datastore.Entry{}, bot.E(bot.CodeNotFound, "test", "There is no "+key.String()+".", nil)
	}
	if strings.HasPrefix(v, "*") {
		v = "********"
	}
	return datastore.Entry{Key: key, Value: v}, nil
}

func (k keys) Decrypt(_ context.Context, key datastore.Key) (datastore.Entry, error) {
	return datastore.Entry{Key: key, Value: strings.TrimPrefix(k[strings.Trim(string(key.Scope)+"/"+key.Owner+"/"+key.Name, "/")], "*")}, nil
}

var (
	ann  = bot.Identity{ID: "ann"}
	data = keys{"system//cluster": "irene", "user/ann/shell": "zsh", "system//token": "*hunter2"}
)

func renderer() *render.Renderer { return render.New(data, map[string]string{"gpu": "g[1-2]"}) }

func TestTargets(t *testing.T) {
	params := map[string]any{"hosts": "irene[1-2]", "rack": int64(3), "dry_run": false, "evil": "{{ 7 * 7 }}"}
	for _, tt := range []struct {
		templates []string
		want      []string
		code      bot.Code
	}{
		{nil, nil, ""},
		{[]string{"{{ hosts }}"}, []string{"irene1", "irene2"}, ""},
		{[]string{"{{ hosts }}", "rack/{{ rack }}", "irene2"}, []string{"irene1", "irene2", "rack/3"}, ""},
		{[]string{"@gpu"}, []string{"g1", "g2"}, ""},
		{[]string{"{% if not dry_run %}{{ hosts }}{% endif %}"}, []string{"irene1", "irene2"}, ""},
		{[]string{"{% if dry_run %}{{ hosts }}{% endif %}", "{{ nothing }}"}, nil, ""},
		{[]string{"{{ hosts }}["}, nil, bot.CodeInvalid},
		{[]string{"{{ hosts"}, nil, bot.CodeInvalid},
		{[]string{"{{ evil }}"}, nil, bot.CodeInvalid}, // what a person typed is not rendered, and is no target
	} {
		got, err := renderer().Targets(t.Context(), tt.templates, params)
		if diff := cmp.Diff(tt.want, got); diff != "" || bot.ErrorCode(err) != tt.code {
			t.Errorf("%q: %v\n%s", tt.templates, err, diff)
		}
	}
}

func spec(params ...bot.Param) *bot.ActionSpec {
	return &bot.ActionSpec{Pack: "lab", Name: "set", Params: params}
}

func TestDefaults(t *testing.T) {
	s := spec(
		bot.Param{Name: "host", Type: "string", HasDefault: true, Default: "{{ st2kv.system.cluster }}1"},
		bot.Param{Name: "shell", Type: "string", HasDefault: true, Default: "{{ st2kv.user.shell }} of {{ action_context.user }}"},
		bot.Param{Name: "token", Type: "string", Secret: true, HasDefault: true, Default: "{{ st2kv.system.token | decrypt_kv }}"},
		bot.Param{Name: "text", Type: "string", HasDefault: true, Default: "{{ host }} again"},
	)
	out, err := renderer().Defaults(t.Context(), s, map[string]any{"host": "{{ 7 }}"}, ann)
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, p := range out.Params[1:] {
		got = append(got, p.Default)
	}
	if diff := cmp.Diff([]any{"zsh of ann", "hunter2", "{{ 7 }} again"}, got); diff != "" {
		t.Error(diff)
	}
	s.Params[2].Secret = false
	if _, err := renderer().Defaults(t.Context(), s, nil, ann); !strings.Contains(bot.ErrorText(err), "decrypts a key for the parameter token of lab.set, which is not marked secret") {
		t.Errorf("%v", err)
	}
}

func TestFixed(t *testing.T) {
	s := spec(bot.Param{Name: "host"}, bot.Param{Name: "token", Secret: true})
	fixed := map[string]any{"host": "{{ st2kv.system.cluster }}2", "n": int64(3), "list": []any{"{{ action_context.user }}"}, "token": "{{ st2kv.system.token | decrypt_kv }}"}
	got, err := renderer().Fixed(t.Context(), fixed, s, ann)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"host": "irene2", "n": int64(3), "list": []any{"ann"}, "token": "hunter2"}, got); diff != "" {
		t.Error(diff)
	}
	for value, want := range map[string]string{
		"{{ nobody }}":                          "What the alias fixes as host could not be rendered.",
		"{{ st2kv.system.token | decrypt_kv }}": "not marked secret",
	} {
		if _, err := renderer().Fixed(t.Context(), map[string]any{"host": value}, s, ann); bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), want) {
			t.Errorf("%s: %v", value, err)
		}
	}
}

// answered is an execution of an alias with these answers.
func answered(ack, result aliases.Answer) render.Answering {
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	return render.Answering{
		Alias:  &aliases.Alias{Pack: "lab", Name: "set", Ack: ack, Result: result},
		Params: map[string]any{"host": "irene1", "token": "********"},
		Execution: bot.Execution{
			ID: "1a1f9287b336000000000001", Action: "lab.set", Status: bot.Succeeded, Identity: ann, Origin: bot.Origin{Channel: "ops"},
			Created: at, Started: at, Ended: at.Add(1500 * time.Millisecond),
		},
		Result: bot.Result{Summary: "irene1 is draining", Data: map[string]any{"stdout": "{{ 7 * 7 }} done", "hosts": 1}},
	}
}

func shown(r bot.Reply) string {
	var lines []string
	for _, b := range r.Blocks {
		lines = append(lines, strings.TrimSpace(b.Text+b.Code))
		for _, x := range b.Buttons {
			lines = append(lines, "["+x.Label+"]")
		}
	}
	return strings.Join(lines, "\n")
}

func TestAnswers(t *testing.T) {
	reply := bot.Reply{Blocks: []bot.Block{{Text: "irene1 is draining"}, {Buttons: []bot.Button{{Label: "Run again"}}}}}
	for _, tt := range []struct {
		name, format, want string
		fault              *bot.Fault
	}{
		{name: "none", want: "irene1 is draining\n\n[Run again]"},
		{name: "fields", format: "{{ execution.id }} {{ execution.status }} {{ execution.action.ref }} {{ execution.parameters.host }} in {{ execution.elapsed_seconds }} by {{ execution.context.user }} {{ alias.name }}", want: "1a1f9287b336000000000001 succeeded lab.set irene1 in 1.5 by ann set\n\n[Run again]"},
		{name: "what an action said is not rendered", format: "{{ execution.result.stdout }}", want: "{{ 7 * 7 }} done\n\n[Run again]"},
		{name: "secrets stay masked", format: "{{ execution.parameters.token }}", want: "********\n\n[Run again]"},
		{name: "nothing is decrypted", format: "{{ st2kv.system.token | decrypt_kv }}", want: "irene1 is draining\n\n[Run again]\nCannot render \"format\" in field \"result\" of the alias lab.set"},
		{name: "two parts", format: "plain {~} more", want: "plain\nmore\n\n[Run again]"},
		{name: "what is not there is empty", format: "<{{ execution.result.stderr }}>", want: "<>\n\n[Run again]"},
		{name: "a fault stays", format: "no luck", fault: &bot.Fault{Text: "irene1 is off."}, want: "no luck\nirene1 is off.\n\n[Run again]"},
		{name: "a bad template", format: "{{ execution.", want: "irene1 is draining\n\n[Run again]\nCannot render \"format\" in field \"result\" of the alias lab.set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := answered(aliases.Answer{}, aliases.Answer{Format: tt.format})
			a.Execution.Error = tt.fault
			if got := shown(renderer().Result(t.Context(), a, reply)); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestAckAndExtra(t *testing.T) {
	a := answered(aliases.Answer{Format: "On it, {{ execution.context.user }}: {{ actionalias.ref }}.", Extra: map[string]any{"slack": map[string]any{"color": "{{ execution.status }}"}}}, aliases.Answer{})
	a.Execution.Status = bot.Running
	r := renderer().Ack(t.Context(), a, bot.Reply{Blocks: []bot.Block{{Text: "3 of 4"}}})
	if got := shown(r); got != "On it, ann: lab.set.\n3 of 4" {
		t.Errorf("got %q", got)
	}
	if diff := cmp.Diff(map[string]any{"slack": map[string]any{"color": "running"}}, r.Extra); diff != "" {
		t.Error(diff)
	}
}

func TestHolds(t *testing.T) {
	facts := map[string]any{"impacting": true, "target_count": 20, "class": "once", "params": map[string]any{"hosts": "irene[1-2]"}, "comment": "{{ 1 }}"}
	for condition, want := range map[string]bool{
		"impacting and target_count > 10": true, "target_count > 20": false, "class == 'once'": true, "'irene' in params.hosts": true,
		"comment == '{{ 1 }}'": true, "not impacting": false, "target_count": true,
	} {
		if got, err := renderer().Holds(t.Context(), condition, facts); err != nil || got != want {
			t.Errorf("%s: %t, %v", condition, got, err)
		}
	}
	for _, condition := range []string{"nothing > 3", "impacting and", "a }} b {{ c"} {
		if got, err := renderer().Holds(t.Context(), condition, facts); bot.ErrorCode(err) != bot.CodeInvalid || got {
			t.Errorf("%s: %t, %v", condition, got, err)
		}
	}
}
