package param

// fill returns a copy of v in which the keys of nested objects that are missing or null have their defaults, as in
// StackStorm's assign_default_values.
func fill(v any, schema map[string]any) any {
	switch v := v.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		out := make(map[string]any, len(v))
		for key, value := range v {
			property, _ := properties[key].(map[string]any)
			out[key] = fill(value, property)
		}
		for key, property := range properties {
			property, _ := property.(map[string]any)
			if fallback, ok := property["default"]; ok && out[key] == nil {
				out[key] = fill(fallback, nil)
			}
		}
		return out
	case []any:
		items, _ := schema["items"].(map[string]any)
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = fill(item, items)
		}
		return out
	}
	return v
}
