package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/petrelops/petrel/bot"
)

// lockName is the file in the data folder that the one daemon holds locked. It holds the daemon's process id, for people.
const lockName = "daemon.lock"

// TryDaemon makes this process the daemon of the data folder, until release is called or the process ends. CodeConflict:
// another process is; the text names its pid.
func TryDaemon(dir string) (release func() error, err error) {
	path := filepath.Join(dir, lockName)
	f, err := lockFile(dir, path)
	if err != nil {
		return nil, fault(opDaemon, path, err)
	}
	held, err := exclusive(f)
	switch {
	case err != nil:
	case !held:
		err = alreadyRuns(dir, f)
	default:
		err = writePID(f)
	}
	if err != nil {
		return nil, errors.Join(fault(opDaemon, path, err), f.Close())
	}
	return f.Close, nil // closing gives the lock back
}

// DaemonAlive reports whether a daemon serves the data folder.
func DaemonAlive(dir string) (bool, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fault(opDaemon, path, err)
	}
	free, err := lock(f, syscall.LOCK_SH)
	if err := errors.Join(err, f.Close()); err != nil {
		return false, fault(opDaemon, path, err)
	}
	return !free, nil
}

func lockFile(dir, path string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}

// exclusive takes the daemon's lock and reports whether it got it. Whoever asks DaemonAlive holds a shared lock for a moment,
// which must not pass for a daemon. Only a shared lock that is refused proves that there is one; until then it tries again.
func exclusive(f *os.File) (bool, error) {
	for {
		if got, err := lock(f, syscall.LOCK_EX); got || err != nil {
			return got, err
		}
		if shared, err := lock(f, syscall.LOCK_SH); !shared || err != nil {
			return false, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN); err != nil {
			return false, err
		}
		runtime.Gosched()
	}
}

// lock tries to take a lock and reports whether it got it.
func lock(f *os.File, how int) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		default:
			return err == nil, err
		}
	}
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func alreadyRuns(dir string, f *os.File) error {
	text, _ := io.ReadAll(io.LimitReader(f, 32)) // without a number the sentence is still true
	who := "Another Petrel"
	if pid := strings.TrimSpace(string(text)); pid != "" {
		who += " (process " + pid + ")"
	}
	return bot.E(bot.CodeConflict, opDaemon, fmt.Sprintf("%s already serves the data folder %s. Stop it first, or name another folder.", who, dir), nil)
}
