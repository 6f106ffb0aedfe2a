// Requests as Slack signs them: docs.slack.dev/authentication/verifying-requests-from-slack.
import { createHmac } from 'node:crypto'

/** signed posts a body, form or JSON, to an app that listens on the port, and returns the status. */
export async function signed(port, path, secret, body) {
  const form = body instanceof URLSearchParams
  const stamp = Math.floor(Date.now() / 1000)
  const answer = await fetch(`http://127.0.0.1:${port}/slack/${path}`, {
    method: 'POST', body: `${body}`,
    headers: {
      'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json', 'x-slack-request-timestamp': `${stamp}`,
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`,
    },
  })
  await answer.arrayBuffer()
  return answer.status
}
