package rule

import (
	"bytes"
	"encoding/json"
	"errors"
)

// ReadCriteria reads a JSON object of criteria in the order in which they are written: the first one that does not hold ends the look.
func ReadCriteria(data []byte) ([]Criterion, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("criteria must be an object"), err)
	}
	var list []Criterion
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, err
		}
		value, err := Decode(raw)
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		list = append(list, Written(key, value))
	}
	return list, nil
}
