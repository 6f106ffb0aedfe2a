// Package pyyaml reads YAML the way StackStorm does, through PyYAML's safe loader (YAML 1.1): "yes" and "off" are booleans,
// 012 is ten, 1:30 is ninety and 1e3 is a string. Packs are written for that reader, so a YAML 1.2 reader would silently
// change what they mean. The syntax comes from go.yaml.in/yaml; only what a plain scalar means is decided here. Every value
// keeps its line, so that a fault can name its place.
//
// Where PyYAML builds Python objects that JSON does not have, a value keeps its text (timestamps) or is refused (binary,
// sets, ordered maps, infinity). A plain "=" is a string here; PyYAML refuses it.
package pyyaml
