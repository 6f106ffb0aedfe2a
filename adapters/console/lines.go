package console

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// MaxLine is the longest line in bytes that is taken. A list of 10,000 hosts has its place in it many times over.
const MaxLine = 1 << 20

// errTooLong says that a line was longer than MaxLine and has been skipped.
var errTooLong = errors.New("console: line too long")

// lineReader cuts its input into lines in linear time. bufio.Scanner will not do: it gives up at the first line that is too long.
type lineReader struct{ r *bufio.Reader }

func newLineReader(r io.Reader) *lineReader { return &lineReader{r: bufio.NewReaderSize(r, 64<<10)} }

// next returns the next line without its end, errTooLong for one that was skipped, and io.EOF after the last one.
func (l *lineReader) next() ([]byte, error) {
	var line []byte
	over := false
	for {
		part, err := l.r.ReadSlice('\n')
		if over = over || len(line)+len(bytes.TrimSuffix(part, []byte("\n"))) > MaxLine; !over {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !over):
			return nil, err
		case over:
			return nil, errTooLong
		}
		return bytes.TrimSuffix(line, []byte("\n")), nil
	}
}
