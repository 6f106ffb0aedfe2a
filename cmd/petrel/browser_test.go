package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/internal/clock"
)

// browser is a real Chromium without a window, driven through its DevTools protocol (chromedevtools.github.io/devtools-protocol). Scripts
// of the pages are switched off.
type browser struct {
	*testing.T
	conn    *websocket.Conn
	session string
	id      int
	loads   int // pages that were loaded so far
}

// reported is one message of the protocol.
type reported struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// startBrowser starts Chromium, or skips the test where there is none.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	ctx := t.Context()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium here, so no real browser looks at the simulated chats: make browser installs one and runs this")
	}
	command := exec.CommandContext(ctx, program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", //nolint:gosec // found by its name
		"--window-size=1100,800", "--remote-debugging-port=0", "--user-data-dir="+t.TempDir(), "about:blank")
	out, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	address, read := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewReader(out)
		for {
			line, err := lines.ReadString('\n')
			if where, ok := strings.CutPrefix(strings.TrimSpace(line), "DevTools listening on "); ok {
				address <- where
				break
			}
			if err != nil {
				close(address)
				return
			}
		}
		_, _ = io.Copy(io.Discard, lines) // its end is Chromium's
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill() // it may have ended
		<-read
		_ = command.Wait()
	})
	where, ok := <-address
	if !ok {
		t.Fatal("Chromium did not start")
	}
	conn, response, err := websocket.DefaultDialer.DialContext(ctx, where, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // there is none
	t.Cleanup(func() { _ = conn.Close() })
	b := &browser{T: t, conn: conn}
	b.attach()
	return b
}

// attach opens a tab.
func (b *browser) attach() {
	b.Helper()
	var target struct{ TargetID string }
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	b.do("Page.enable", nil, nil)
	b.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
}

// do calls a method and waits for its answer.
func (b *browser) do(method string, params any, result any) {
	b.Helper()
	b.id++
	call := map[string]any{"id": b.id, "method": method, "params": params}
	if params == nil {
		delete(call, "params")
	}
	if b.session != "" {
		call["sessionId"] = b.session
	}
	if err := b.conn.WriteJSON(call); err != nil {
		b.Fatal(err)
	}
	answer := b.await(func(m reported) bool { return m.ID == b.id })
	if answer.Error != nil {
		b.Fatalf("%s: %s", method, answer.Error.Message)
	}
	if result != nil {
		if err := json.Unmarshal(answer.Result, result); err != nil {
			b.Fatal(err)
		}
	}
}

// await reads until a message fits, and counts the pages that are loaded meanwhile.
func (b *browser) await(fits func(reported) bool) reported {
	b.Helper()
	for {
		var m reported
		if err := errors.Join(b.conn.SetReadDeadline(clock.System().Now().Add(patience)), b.conn.ReadJSON(&m)); err != nil {
			b.Fatalf("the browser does not answer: %v", err)
		}
		if m.Method == "Page.loadEventFired" {
			b.loads++
		}
		if fits(m) {
			return m
		}
	}
}

// loading does something that loads a page and waits for that.
func (b *browser) loading(do func()) {
	b.Helper()
	before := b.loads
	do()
	if b.loads == before {
		b.await(func(reported) bool { return b.loads > before })
	}
}

// visit shows a page.
func (b *browser) visit(url string) {
	b.Helper()
	b.loading(func() { b.do("Page.navigate", map[string]any{"url": url}, nil) })
}

// again shows the same page as it is now.
func (b *browser) again() {
	b.Helper()
	b.visit(b.evaluate("location.href"))
}

// evaluate returns a text of the page. frame in the expression is the document of the messages.
func (b *browser) evaluate(expression string) string {
	b.Helper()
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.do("Runtime.evaluate", map[string]any{
		"expression": "(()=>{const frame=document.querySelector('iframe')?.contentDocument; return (" + expression + ")})()", "returnByValue": true,
	}, &answer)
	if answer.ExceptionDetails != nil {
		b.Fatalf("%s: %s", expression, answer.ExceptionDetails.Exception.Description)
	}
	return fmt.Sprint(answer.Result.Value)
}

// press clicks what the expression finds and waits for the page that comes then.
func (b *browser) press(element string) {
	b.Helper()
	b.loading(func() { b.evaluate(element + ".click()") })
}

// types writes a line where a person does.
func (b *browser) types(line string) {
	b.Helper()
	b.evaluate("document.querySelector('form.type input[name=text]').value = " + quoted(line))
}

// says writes a line and sends it.
func (b *browser) says(line string) {
	b.Helper()
	b.types(line)
	b.press("document.querySelector('form.type button.send')")
}

// button finds a button of the messages by what stands on it.
func button(label string) string {
	return "[...frame.querySelectorAll('button')].filter(b => b.textContent.trim() === " + quoted(label) + ").at(-1)"
}

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return "null" // a text can be written
	}
	return string(text)
}

// shoot keeps a picture of what can be seen, where the flag says so.
func (b *browser) shoot(name string) {
	b.Helper()
	var picture struct{ Data string }
	b.do("Page.captureScreenshot", map[string]any{"format": "png"}, &picture)
	data, err := base64.StdEncoding.DecodeString(picture.Data)
	if err != nil || len(data) == 0 {
		b.Fatal(errors.Join(err, errors.New("the picture is empty")))
	}
	if *shots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), data, 0o600); err != nil {
		b.Fatal(err)
	}
}
