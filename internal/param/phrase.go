package param

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// phrases turns the leaves of a validation error into sentences without their full stops.
func phrases(e *jsonschema.ValidationError) []string {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not:
		// What each branch wants is of no use without the schema beside it.
		return []string{place(e) + "fits none of the allowed forms"}
	}
	if len(e.Causes) == 0 {
		return []string{place(e) + phrase(e.ErrorKind)}
	}
	var out []string
	for _, cause := range e.Causes {
		out = append(out, phrases(cause)...)
	}
	return out
}

// place names the part of the value that is meant, or "it" for the whole.
func place(e *jsonschema.ValidationError) string {
	if len(e.InstanceLocation) == 0 {
		return "it "
	}
	return "its part " + strings.Join(e.InstanceLocation, ".") + " "
}

func phrase(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return "must be " + typeWords(k.Want)
	case *kind.Enum:
		return "must be one of " + list(k.Want)
	case *kind.Minimum:
		return "must be at least " + rat(k.Want)
	case *kind.Maximum:
		return "must be at most " + rat(k.Want)
	case *kind.ExclusiveMinimum:
		return "must be more than " + rat(k.Want)
	case *kind.ExclusiveMaximum:
		return "must be less than " + rat(k.Want)
	case *kind.MultipleOf:
		return "must be a multiple of " + rat(k.Want)
	case *kind.Pattern:
		return "must match " + k.Want
	case *kind.Format:
		return "must be of the format " + k.Want
	}
	return sizePhrase(k)
}

func sizePhrase(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.MinLength:
		return "must have at least " + count(k.Want, "character")
	case *kind.MaxLength:
		return "must have at most " + count(k.Want, "character")
	case *kind.MinItems:
		return "must have at least " + count(k.Want, "item")
	case *kind.MaxItems:
		return "must have at most " + count(k.Want, "item")
	case *kind.AdditionalItems:
		return "has " + count(k.Count, "item") + " too many"
	case *kind.UniqueItems:
		return "must not hold the same item twice"
	case *kind.MinProperties:
		return "must have at least " + count(k.Want, "key")
	case *kind.MaxProperties:
		return "must have at most " + count(k.Want, "key")
	case *kind.Required:
		return "needs the key " + strings.Join(k.Missing, ", ")
	case *kind.Dependency:
		return "needs the key " + strings.Join(k.Missing, ", ") + " beside " + k.Prop
	case *kind.AdditionalProperties:
		return "must not have the key " + strings.Join(k.Properties, ", ")
	}
	return "is not allowed by its schema"
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func rat(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}
