package expr

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
)

// The values of a template are nil, bool, int64, float64, string, []any and map[string]any, and the types of this file and of
// object.go, which never leave the package.

// undefined is what a name or a part gives that is not there. Only tests and the filter default may look at it; with
// Options.AllowUndefined it is empty text.
type undefined struct{ what string }

// key is a value of the datastore that was not read yet: st2kv.system.a may still go on to be st2kv.system.a.b.
type key struct {
	from        *store
	scope, name string
}

func (k key) String() string { return k.from.name + "." + k.scope + "." + k.name }

// function is what a template may call. Functions are made in this package only.
type function func(r *run, a args) (any, error)

// args are the arguments of a call.
type args struct {
	list  []any
	named map[string]any
}

// plain makes a value of the program one of a template, one level deep. What has fields or methods is refused: a template sees
// data only.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case nil, bool, int64, float64, string, []any, map[string]any, undefined, key, function, object, Lookup:
		return v, nil
	case json.Number:
		return number(v)
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return float64(v.Uint()), nil
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Slice, reflect.Array:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = v.Index(i).Interface()
		}
		return out, nil
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			break
		}
		out := make(map[string]any, v.Len())
		for i := v.MapRange(); i.Next(); {
			out[i.Key().String()] = i.Value().Interface()
		}
		return out, nil
	}
	return nil, faultf("a value is of the type %T, which is not data; whoever gave it to the template must give it as text, numbers, lists and maps", value)
}

func number(n json.Number) (any, error) {
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, faultf("the number %s is too large", n)
	}
	return f, nil
}

// deep makes the parts of a value plain as well. It pays for the walk.
func (r *run) deep(value any) (any, error) {
	v, err := r.resolve(value)
	if err != nil {
		return nil, err
	}
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			if out[i], err = r.deep(v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			if out[k], err = r.deep(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case undefined:
		if r.options.AllowUndefined {
			return "", nil
		}
		return nil, faultf("%s", v.what)
	case function, object, Lookup:
		return nil, faultf("%s is not a value; call it or take a part of it", kind(v))
	}
	return v, nil
}

// truth is Python's.
func truth(value any) bool {
	switch v := value.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

// kind names what a value is, in sentences.
func kind(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth value"
	case int64, float64:
		return "a number"
	case string:
		return "a text"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	case function:
		return "a function"
	case key:
		return v.String()
	case Lookup:
		return "the datastore"
	case object:
		return v.title()
	}
	return fmt.Sprintf("%T", value)
}
