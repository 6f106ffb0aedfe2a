package pack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// maxFile is the size in bytes of the largest file that is read. Content files of packs have a few thousand.
const maxFile = 1 << 20

// contentFiles returns the YAML files directly in a folder, sorted; none when the folder does not exist. StackStorm does not
// look into subfolders either (actions/workflows, actions/lib), so links cannot lead in circles. Unit tests of packs
// (*_test.yaml) lie beside what they test and are no content.
func contentFiles(fsys fs.FS, dir string) ([]string, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		stem, isYAML := strings.CutSuffix(e.Name(), ".yaml")
		if !isYAML {
			stem, isYAML = strings.CutSuffix(e.Name(), ".yml")
		}
		if isYAML && !strings.HasSuffix(stem, "_test") && !strings.HasPrefix(stem, ".") {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names, err
}

// readFile reads a regular file of bounded size. Otherwise why is a sentence for whoever keeps the pack.
func readFile(fsys fs.FS, name string) (data []byte, why string) {
	// Asked before opening: opening a pipe would wait for its writer.
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, unreadable(err)
	}
	if !info.Mode().IsRegular() {
		return nil, "This is not a regular file; put a file here or remove it."
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(data) > maxFile {
		return nil, fmt.Sprintf("The file has more than %d bytes; content files are small, so look whether it is the right one.", maxFile)
	}
	return data, ""
}

// unreadable is the sentence for an error of the file system. The path in it is left out: the problem names the file.
func unreadable(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	return "The file cannot be read: " + err.Error() + ". It must exist and be readable, and a link must stay inside the pack's folder."
}
