package console_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
)

const execution = "6721f0a3c5d7e9b1a2c4d6e8"

func living(status bot.Status, title string, blocks ...bot.Block) bot.Reply {
	return bot.Reply{Execution: execution, Status: status, Title: title, Blocks: blocks}
}

// TestLivingReply posts and edits one message. No line is being edited, so the terminal prints at once.
func TestLivingReply(t *testing.T) {
	plan := bot.TextBlock("irene4000: in_service to maintenance")
	states := []bot.Reply{
		living(bot.Requested, "Set status"),
		living(bot.Requested, "Set status"),
		living(bot.Running, "Set status", plan),
		living(bot.Running, "Set status", plan, bot.TextBlock("3 of 10")),
		living(bot.Running, "Set status", plan, bot.TextBlock("3 of 10")),
		living(bot.Running, "Set status", plan),
		living(bot.Succeeded, "Set status", plan, bot.TextBlock("10 of 10")),
		living(bot.Succeeded, "Set status", plan, bot.TextBlock("10 of 10")),
		living(bot.Running, "Set status", bot.TextBlock("too late")),
	}
	final := "succeeded  Set status\nirene4000: in_service to maintenance\n10 of 10\n"
	tests := []struct {
		name     string
		terminal bool
		want     string
	}{
		{"script", false, final},
		{"terminal", true, "requested  Set status (" + execution + ")\n" +
			"running  Set status (" + execution + ")\nirene4000: in_service to maintenance\n" +
			"running  Set status (" + execution + ")\n3 of 10\n" + final},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			c := newConsole(t, console.Options{In: strings.NewReader(""), Out: &out, Terminal: tt.terminal})
			ref, err := c.Post(t.Context(), bot.Posting{Key: "k", Reply: states[0]})
			if err != nil {
				t.Fatalf("Post: %v", err)
			}
			for _, s := range states[1:] {
				if err := c.Edit(t.Context(), ref, bot.Posting{Key: "k", Reply: s}); err != nil {
					t.Fatalf("Edit: %v", err)
				}
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnnouncements(t *testing.T) {
	tests := []struct {
		name    string
		posting bot.Posting
		want    string
	}{
		{"to a channel", bot.Posting{Origin: bot.Origin{Channel: "ops"}, Reply: bot.Reply{Title: "Rack 7 is back."}}, "#ops: Rack 7 is back.\n"},
		{"to a channel with its sign", bot.Posting{Origin: bot.Origin{Channel: "#ops"}, Reply: bot.Reply{Title: "Hi."}}, "#ops: Hi.\n"},
		{"of text only", bot.Posting{Origin: bot.Origin{Channel: "ops"}, Reply: bot.Reply{Blocks: []bot.Block{bot.TextBlock("Hi.")}}}, "#ops: Hi.\n"},
		{"to nobody's channel", bot.Posting{Reply: bot.Reply{Title: "Hi."}}, "Hi.\n"},
		{"a result is none", bot.Posting{Origin: bot.Origin{Channel: "ops"}, Reply: living(bot.Succeeded, "Done.")}, "succeeded  Done.\n"},
		{"to a hostile channel", bot.Posting{Origin: bot.Origin{Channel: "o\x1b[2Jps\n"}, Reply: bot.Reply{Title: "Hi."}}, "#ops : Hi.\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			c := newConsole(t, console.Options{In: strings.NewReader(""), Out: &out})
			if _, err := c.Post(t.Context(), tt.posting); err != nil {
				t.Fatalf("Post: %v", err)
			}
			if out.String() != tt.want {
				t.Errorf("output %q, want %q", out.String(), tt.want)
			}
		})
	}
}

// TestManyMessages edits messages that were forgotten meanwhile: memory is bounded, and nothing is lost for it.
func TestManyMessages(t *testing.T) {
	const count = 2000
	var out strings.Builder
	c := newConsole(t, console.Options{In: strings.NewReader(""), Out: &out})
	var refs []string
	for range count {
		ref, err := c.Post(t.Context(), bot.Posting{Reply: living(bot.Running, "At work")})
		if err != nil {
			t.Fatalf("Post: %v", err)
		}
		refs = append(refs, ref)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(refs)))) != count {
		t.Error("two messages got the same reference")
	}
	// The last message is still remembered and not shown twice; the first one is forgotten and shown anew.
	for _, ref := range append(refs, refs[count-1], refs[0]) {
		if err := c.Edit(t.Context(), ref, bot.Posting{Reply: living(bot.Succeeded, "Done")}); err != nil {
			t.Fatalf("Edit: %v", err)
		}
	}
	if n := strings.Count(out.String(), "succeeded  Done\n"); n != count+1 {
		t.Errorf("%d ends were shown, want %d", n, count+1)
	}
}

func TestFilesAreSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	var out strings.Builder
	c := newConsole(t, console.Options{In: strings.NewReader(""), Out: &out, FilesDir: dir})
	tests := []struct{ name, saved string }{
		{"report.csv", "report.csv"},
		{"report.csv", "report-2.csv"},
		{"../../etc/passwd", "passwd"},
		{`C:\temp\x.txt`, "x.txt"},
		{".profile", "profile"},
		{"-rf", "rf"},
		{"a\x1b[2Jb\x00.txt", "ab.txt"},
		{"..", "file"},
		{strings.Repeat("ü", 200), strings.Repeat("ü", 50)},
	}
	for _, tt := range tests {
		out.Reset()
		r := bot.Reply{Blocks: []bot.Block{{File: &bot.File{Name: tt.name, Content: []byte(tt.saved)}}}}
		if _, err := c.Post(t.Context(), bot.Posting{Reply: r}); err != nil {
			t.Fatalf("Post: %v", err)
		}
		path := filepath.Join(dir, tt.saved)
		if !strings.HasSuffix(out.String(), "saved: "+path+"\n") {
			t.Errorf("%q: output %q does not name %s", tt.name, out.String(), path)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != tt.saved {
			t.Errorf("%q: saved %q, %v", tt.name, got, err)
		}
		if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%q: mode %v, want 0600", tt.name, info.Mode())
		}
	}
}

func TestFileThatCannotBeSaved(t *testing.T) {
	inTheWay := filepath.Join(t.TempDir(), "files")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	c := newConsole(t, console.Options{In: strings.NewReader(""), Out: &out, FilesDir: inTheWay})
	r := bot.Reply{Blocks: []bot.Block{{File: &bot.File{Name: "a.txt", Content: []byte("x")}}}}
	if _, err := c.Post(t.Context(), bot.Posting{Reply: r}); err != nil {
		t.Fatalf("Post: %v", err)
	}
	want := "attached: a.txt (1 B)\nnot saved: a.txt cannot be written to " + inTheWay + "\n"
	if out.String() != want {
		t.Errorf("output %q, want %q", out.String(), want)
	}
}

func TestPostAfterBrokenOutput(t *testing.T) {
	c := newConsole(t, console.Options{In: strings.NewReader(""), Out: brokenPipe{}})
	for range 2 {
		if _, err := c.Post(t.Context(), bot.Posting{Reply: bot.Reply{Title: "x"}}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Post = %v, want the write error", err)
		}
	}
	if err := c.Run(t.Context(), parrot); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Run = %v, want the write error", err)
	}
}
