package slack

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/internal/doctor"
)

// probe is what is read back from the address that Slack posts to.
const probe = "petrel-doctor"

// examineHTTP asks at the public address what Slack asks when somebody enters it, and so finds a proxy that is not there, a bot that does
// not run, a wrong secret and a wrong clock.
func (w *workspace) examineHTTP(ctx context.Context, name string) doctor.Finding {
	public := strings.TrimSuffix(w.opts.Public, "/")
	if public == "" {
		return doctor.Wrong(name + ": adapters.slack.http.url is empty. Write there where Slack finds the bot, so that it can be looked at.")
	}
	status, text, err := w.challenge(ctx, public+pathEvents)
	found := func(format string, args ...any) doctor.Finding {
		return doctor.Wrong(name + ": " + public + pathEvents + " " + fmt.Sprintf(format, args...))
	}
	switch {
	case err != nil:
		return found("cannot be reached. Look whether petrel serve runs and the proxy before it leads there: %v", err)
	case status == http.StatusUnauthorized:
		return found("refuses the signature. Look whether petrel serve has the same signing secret, and whether the clocks agree.")
	case status != http.StatusOK || text != probe:
		return found("answers %d. Look whether the proxy leads to http.listen.", status)
	}
	return doctor.Good(name + ": " + public + pathEvents + " takes what is signed")
}

// challenge posts a signed question and returns what is answered.
func (w *workspace) challenge(ctx context.Context, address string) (status int, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	body := []byte(`{"type":"url_verification","challenge":"` + probe + `"}`)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	stamp := strconv.FormatInt(w.opts.Clock.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(headerTime, stamp)
	r.Header.Set(headerSignature, "v0="+hex.EncodeToString(signature(w.secret, stamp, body)))
	answer, err := w.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(io.LimitReader(answer.Body, maxChallenge))
	return answer.StatusCode, string(read), err
}
