package sqlite

import "encoding/binary"

// pack writes strings of any bytes one after the other, each behind its length.
func pack(parts ...string) []byte {
	out := []byte{} // not nil, which SQLite would keep as NULL
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

// unpack reads what pack wrote. It reports false for anything else.
func unpack(data []byte) ([]string, bool) {
	var parts []string
	for len(data) > 0 {
		size, n := binary.Uvarint(data)
		if n <= 0 || size > uint64(len(data)-n) {
			return nil, false
		}
		parts = append(parts, string(data[n:n+int(size)]))
		data = data[n+int(size):]
	}
	return parts, true
}
