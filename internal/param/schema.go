package param

import (
	"errors"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is a compiled JSON Schema of one value.
type Schema struct{ compiled *jsonschema.Schema }

// schemaURL is what references inside a schema are relative to. Nothing is ever fetched from there.
const schemaURL = "petrel:parameter"

// Compile reads a JSON Schema of draft 4. It never reads a file or the network: a reference that leaves the schema is an
// error. Patterns are Go regular expressions, so look-around and back references are errors too.
func Compile(schema map[string]any) (*Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.UseLoader(closedLoader{})
	if err := c.AddResource(schemaURL, schema); err != nil {
		return nil, err
	}
	compiled, err := c.Compile(schemaURL)
	if err != nil {
		return nil, shorten(err)
	}
	return &Schema{compiled}, nil
}

// Check returns what is wrong with the value, such as "it must be text" or "its part port must be an integer", in a stable
// order, or nothing.
func (s *Schema) Check(value any) []string {
	var invalid *jsonschema.ValidationError
	if err := s.compiled.Validate(value); errors.As(err, &invalid) {
		// The library looks at the keys of an object in any order.
		out := phrases(invalid)
		slices.Sort(out)
		return out
	}
	return nil
}

// closedLoader refuses every reference that leaves the schema.
type closedLoader struct{}

func (closedLoader) Load(string) (any, error) {
	return nil, errors.New("only references inside the schema are read")
}

// shorten takes the part of a compile error that a person can use, without the addresses of the meta-schema.
func shorten(err error) error {
	var invalid *jsonschema.SchemaValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	var detail *jsonschema.ValidationError
	if errors.As(invalid.Err, &detail) {
		if p := phrases(detail); len(p) > 0 {
			return errors.New(p[0])
		}
	}
	return err
}
