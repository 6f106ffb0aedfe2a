package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
)

// Handler is the Go code behind a built-in action in the form that the executor calls. Plan, Verify and Complete are nil
// where the action has none.
type Handler struct {
	// Params is the struct that the parameters are decoded into; its json names are the parameter names.
	Params   reflect.Type
	Do       func(ctx context.Context, job Job, params map[string]any) (Result, error)
	Plan     func(ctx context.Context, request Request, params map[string]any) (Plan, error)
	Verify   func(ctx context.Context, job Job, params map[string]any) (Finding, Result, error)
	Complete func(ctx context.Context, param, prefix string, limit int) ([]string, error)
	// Completes are the parameters that Complete has values for.
	Completes []string
	// Ask is set for an action that asks people. What they answer is its result; Do is nil then.
	Ask func(params map[string]any) (Question, error)
}

// Bind makes a Handler of typed code and finds its optional abilities.
func Bind[P any](d Doer[P]) Handler {
	h := Handler{
		Params: reflect.TypeFor[P](),
		Do: func(ctx context.Context, job Job, params map[string]any) (Result, error) {
			p, err := decode[P](params)
			if err != nil {
				return Result{}, err
			}
			return d.Do(ctx, job, p)
		},
	}
	if planner, ok := d.(Planner[P]); ok {
		h.Plan = func(ctx context.Context, request Request, params map[string]any) (Plan, error) {
			p, err := decode[P](params)
			if err != nil {
				return Plan{}, err
			}
			return planner.Plan(ctx, request, p)
		}
	}
	if verifier, ok := d.(Verifier[P]); ok {
		h.Verify = func(ctx context.Context, job Job, params map[string]any) (Finding, Result, error) {
			p, err := decode[P](params)
			if err != nil {
				return Unknown, Result{}, err
			}
			return verifier.Verify(ctx, job, p)
		}
	}
	if completer, ok := d.(Completer); ok {
		h.Complete, h.Completes = completer.Complete, completer.Completes()
	}
	return h
}

// decode turns parameters that were already checked against the schema into the handler's struct.
func decode[P any](params map[string]any) (P, error) {
	var p P
	data, err := json.Marshal(params)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		err = d.Decode(&p)
	}
	if err != nil {
		return p, E(CodeInternal, "bot.params.decode", "", err)
	}
	return p, nil
}
