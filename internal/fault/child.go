//go:build fault

package fault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// child is a process that the harness started. It dies with the harness.
type child struct {
	name string
	cmd  *exec.Cmd
	log  string        // the file with what it wrote to standard error
	gone chan struct{} // closed when it has ended
	err  error         // how, once gone is closed
	out  *bufio.Scanner
}

// launch starts a program. env is added to the harness's own environment.
func launch(ctx context.Context, name, log string, argv, env []string) (*child, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), argv[0], argv[1:]...) // ended by kill
	cmd.Env = append(cmd.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // the child has its own
	cmd.Stderr = file
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{name: name, cmd: cmd, log: log, gone: make(chan struct{}), out: bufio.NewScanner(out)}
	return c, nil
}

// reap waits for the end in the background. It is called once the output has been read.
func (c *child) reap() *child {
	go func() { // it ends with the process, which kill waits for
		c.err = c.cmd.Wait()
		close(c.gone)
	}()
	return c
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// signal sends a signal; a process that has ended is no error.
func (c *child) signal(s syscall.Signal) error {
	if err := c.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// kill ends the process as kill -9 does and waits until it is gone.
func (c *child) kill() error {
	if err := c.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-c.gone
	return nil
}

// wait waits for the end, and returns whether it came in time.
func (c *child) wait(k clock.Clock, limit time.Duration) bool {
	timer := k.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-c.gone:
		return true
	case <-timer.C():
		return false
	}
}

// killed reports whether a signal 9 ended it.
func (c *child) killed() bool {
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// address reads the line in which a simulator tells where it listens.
func (c *child) address() (string, error) {
	const listening = "listening on "
	if !c.out.Scan() {
		return "", fmt.Errorf("%s did not start; see %s", c.name, c.log)
	}
	url, ok := strings.CutPrefix(c.out.Text(), listening)
	if !ok {
		return "", fmt.Errorf("%s said %q", c.name, c.out.Text())
	}
	return url, nil
}

// rss returns the resident memory of the process in bytes.
func (c *child) rss() int64 {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", c.pid())) // nothing for a process that is gone
	var size, resident int64
	_, _ = fmt.Sscan(string(data), &size, &resident) // zero then
	return resident * int64(os.Getpagesize())
}
