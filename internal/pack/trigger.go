package pack

import (
	"github.com/petrelops/petrel/internal/pack/pyyaml"
	"github.com/petrelops/petrel/internal/trigger"
)

var (
	triggerForm = form{
		"name": {pyyaml.String}, "pack": {pyyaml.String}, "description": {pyyaml.String},
		"payload_schema": {pyyaml.Mapping}, "parameters_schema": {pyyaml.Mapping}, "tags": {pyyaml.List},
		"id": {}, "ref": {}, "uid": {}, "metadata_file": {},
	}
	sensorForm = form{
		"class_name": {pyyaml.String}, "entry_point": {pyyaml.String}, "description": {pyyaml.String}, "enabled": {pyyaml.Bool},
		"poll_interval": {pyyaml.Int, pyyaml.Float}, "trigger_types": {pyyaml.List}, "artifact_uri": {}, "name": {pyyaml.String}, "pack": {pyyaml.String},
		"id": {}, "ref": {}, "uid": {}, "metadata_file": {},
	}
)

// trigger reads a trigger type (StackStorm's TriggerTypeAPI), or returns nil.
func (f *file) trigger(root *pyyaml.Node, pack string) *trigger.Type {
	o := f.object(root, "in a trigger", triggerForm)
	if !f.need(o, "name") {
		return nil
	}
	f.named(o, pack)
	t := &trigger.Type{
		Pack: pack, Name: o.text("name"), Description: o.text("description"),
		Payload: f.schemaOf(o, "payload_schema"), Parameters: f.schemaOf(o, "parameters_schema"), Source: f.source(o.line),
	}
	if err := t.Compile(); err != nil {
		f.errorf(o.line, "The schemas of the trigger cannot be used: %s. Write JSON Schema of draft 4.", err)
	}
	if f.failed {
		return nil
	}
	return t
}

// schemaOf reads a schema under a key, or returns nil.
func (f *file) schemaOf(o object, key string) map[string]any {
	n := o.values[key]
	if n == nil {
		return nil
	}
	return (&schemaReader{file: f}).read(n, false)
}

// sensorTriggers reads the trigger types that a sensor brings with it.
func (f *file) sensorTriggers(root *pyyaml.Node, pack string) []*trigger.Type {
	o := f.object(root, "in a sensor", sensorForm)
	n := o.values["trigger_types"]
	if n == nil {
		return nil
	}
	var list []*trigger.Type
	for _, item := range n.Items {
		if item.Kind != pyyaml.Mapping {
			f.errorf(item.Line, "Each of trigger_types must be a mapping with a name.")
			continue
		}
		if t := f.trigger(item, pack); t != nil {
			list = append(list, t)
		}
	}
	return list
}
