package failpoint_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/failpoint"
)

// places says where each point is hit and each defect is made: file, function and call.
var places = []string{
	"internal/executor/accept.go accept Hit Receive",
	"internal/executor/accept.go accept Hit AcceptAfter",
	"internal/executor/stage.go run Hit ClaimAfter",
	"internal/executor/stage_lock.go takePlaces Hit LockAfter",
	"internal/executor/stage.go begin Hit BeginAfter",
	"internal/executor/stage.go do Hit EffectBefore",
	"internal/executor/stage.go do Hit EffectAfter",
	"internal/executor/job.go writeMarks Hit CheckpointAfter",
	"internal/executor/stage_record.go end Hit RecordAfter",
	"internal/executor/outbox.go post Hit ReplyBefore",
	"internal/executor/outbox.go post Hit ReplyAfter",
	"internal/executor/resume.go resume Mutant RetryOnce",
	"internal/executor/inquiries.go mayRespond Mutant SelfApproves",
	"internal/executor/inquiries.go mayRespond Mutant CountsTwice",
	"internal/executor/inquiries.go writeResponse Hit RespondBefore",
	"internal/executor/inquiries.go writeResponse Hit RespondAfter",
	"internal/executor/wait.go wait Hit AskAfter",
	"internal/executor/settle.go escalate Hit EscalateAfter",
	"internal/executor/settle.go expire Hit ExpireAfter",
	"internal/executor/stage_approve.go approve Mutant Unbound",
	"internal/app/mutant_fault.go Commit Mutant DedupeForgets",
	"internal/app/mutant_fault.go Commit Mutant ReplyBeforeRecord",
	"internal/app/mutant_fault.go Commit Mutant NoFence",
	"internal/app/mutant_fault.go Commit Mutant AuditAfter",
	"internal/app/mutant_fault.go Commit Mutant Newer",
	"internal/app/mutant_fault.go Commit Mutant SlotTwice",
	"internal/app/mutant_fault.go Commit Mutant EventTwice",
	"internal/sensor/watch.go Emit Hit EmitAfter",
	"internal/app/mutant_fault.go Commit Mutant AnyDecision",
	"internal/app/mutant_fault.go Acquire Mutant NoLocks",
	"internal/app/mutant_fault.go replyFirst Hit Torn",
	"internal/app/mutant_fault.go Claim Mutant TakeoverEarly",
	"internal/app/mutant_fault.go Renew Mutant NoFence",
	"internal/app/mutant_fault.go Renew Mutant TakeoverEarly",
	"internal/app/mutant_fault.go Now Mutant LocalClock",
	"adapters/discord/session.go load Mutant ForgetsSequence",
	"adapters/discord/run.go take Mutant AckBeforeAccept",
	"adapters/slack/run.go accept Mutant AckBeforeAccept",
	"adapters/slack/find.go find Mutant RetryBlind",
	"adapters/slack/hearing.go Missed Mutant NoLookBack",
	"adapters/relay/run.go acknowledge Hit AckAfter",
	"adapters/relay/run.go take Mutant AckBeforeAccept",
	"adapters/relay/run.go take Mutant DropRetries",
	"adapters/relay/run.go take Mutant DropRetries",
}

// A point that is not where its name says would let the harness test something else.
func TestEachIsUsedWhereItIsNamed(t *testing.T) {
	root := filepath.Join("..", "..")
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == ".git" || d.Name() == ".tools" || d.Name() == "failpoint") {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		calls, err := uses(path)
		for _, c := range calls {
			found = append(found, filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))+" "+c)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(places))
	slices.Sort(found)
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("calls of the package (-want +got):\n%s", diff)
	}
}

// uses returns the calls of this package in a file.
func uses(path string) ([]string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var calls []string
	for _, d := range f.Decls {
		function, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(function, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			callee, name := selected(call.Fun), selected(call.Args[len(call.Args)-1])
			if callee == "Hit" || callee == "Mutant" {
				calls = append(calls, fmt.Sprint(function.Name.Name, " ", callee, " ", name))
			}
			return true
		})
	}
	return calls, nil
}

// selected returns X of failpoint.X.
func selected(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if of, ok := s.X.(*ast.Ident); !ok || of.Name != "failpoint" {
		return ""
	}
	return s.Sel.Name
}

func TestNamesDiffer(t *testing.T) {
	seen := map[string]bool{}
	points := append(failpoint.Points(), failpoint.QuestionPoints()...)
	for _, p := range points {
		seen[string(p)] = true
	}
	for _, d := range failpoint.Defects() {
		seen[string(d)] = true
	}
	if want := len(points) + len(failpoint.Defects()); len(seen) != want {
		t.Errorf("%d names, want %d", len(seen), want)
	}
}
