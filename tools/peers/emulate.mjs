// An independent copy of Slack's Web API (vercel-labs/emulate) as the place that the whole bot posts to: petrel serve takes commands over
// HTTP, which this judge signs as Slack does, and emulate says whether what the bot then calls is what Slack takes.
import { WebClient } from '@slack/web-api'
import { createEmulator } from 'emulate'
import { createServer } from 'node:http'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folder, freePort, run, start } from './petrel.mjs'
import { Calls, equal, fail, silent } from './report.mjs'
import { signed } from './signed.mjs'

const [token, secret, botUser] = ['xoxb-peer', 'peer-secret', 'U0PETREL']

/** judge runs every check. */
export async function judge(report) {
  const data = await folder()
  const manifest = JSON.parse(await run(['slack', 'manifest', '--config', await settings(data.path, {})]))
  const copy = await workspace(manifest)
  const proxy = await bearer(copy.url)
  const port = await freePort()
  const client = new WebClient(token, { slackApiUrl: `${copy.url}/api/` })
  const { members } = await client.users.list()
  const { channels } = await client.conversations.list()
  const at = { team: 'T000000001', user: members.find((m) => m.name === 'ann').id, channel: channels.find((c) => c.name === 'ops').id }
  await client.conversations.join({ channel: at.channel })
  const config = await settings(data.path, { port, api: proxy.url, account: `slack:${at.team}/${at.user}` })
  const petrel = await start(['serve', '--config', config], { stream: 'stderr', words: 'joined a Slack workspace', env: { PEER_TOKEN: token, PEER_SECRET: secret } })
  const bot = { port, at, proxy, client, hook: await hook() }
  try {
    await checks(report, bot)
    await report.check('emulate refuses nothing that the bot calls', async () => silent(proxy.refused))
  } finally {
    await petrel.stop()
    await Promise.all([bot.hook.close(), proxy.close(), copy.close(), data.remove()])
  }
}

/** workspace runs emulate with the bot installed in it, with the scopes of our manifest and no others. */
async function workspace(manifest) {
  const ids = { app_id: 'A0PETREL', bot_id: 'B0PETREL', bot_user_id: botUser }
  const scopes = manifest.oauth_config.scopes.bot
  return createEmulator({
    service: 'slack', port: await freePort(),
    seed: {
      slack: {
        users: [{ name: 'ann', email: 'ann@example.com' }], channels: [{ name: 'ops' }], strict_scopes: true,
        oauth_apps: [{ ...ids, client_id: '1.2', client_secret: 'x', name: 'petrel', redirect_uris: [], scopes }],
        // What the judge itself does, it does with this token too.
        tokens: [{ ...ids, token, type: 'bot', user_id: botUser, scopes: [...scopes, 'channels:join'] }],
      },
    },
  })
}

async function settings(path, { port = 1, api = '', account = 'console:nobody' }) {
  const file = join(path, 'petrel.yaml')
  await writeFile(file, `data: ${join(path, 'data')}
adapters:
  slack:
    http: {listen: "127.0.0.1:${port}", url: "https://petrel.example.com"}
    workspaces: [{bot_token: "env:PEER_TOKEN", signing_secret: "env:PEER_SECRET", api_url: "${api}"}]
permissions:
  - {identity: "${account}", action: "*"}
`)
  return file
}

const succeeded = (call) => JSON.stringify(call.answer.message).includes('succeeded')

async function checks(report, { port, at, proxy, client, hook }) {
  const slash = async (text) => {
    const { trigger_id } = await client.apiCall('views.generateTriggerId', { user_id: at.user })
    const fields = { team_id: at.team, channel_id: at.channel, user_id: at.user, user_name: 'ann', command: '/petrel', text, trigger_id, response_url: hook.url, api_app_id: 'A0PETREL' }
    equal(await signed(port, 'commands', secret, new URLSearchParams(fields)), 200, 'the status of the command')
  }
  const event = async (fields) => {
    const id = `Ev${Math.random().toString(36).slice(2, 12).toUpperCase()}`
    const body = { type: 'event_callback', team_id: at.team, api_app_id: 'A0PETREL', event_id: id, event_time: Math.floor(Date.now() / 1000), event: { user: at.user, team: at.team, ...fields } }
    equal(await signed(port, 'events', secret, JSON.stringify(body)), 200, 'the status of the event')
  }
  await report.check('the bot posts, and edits its post until the result stands in it', async () => {
    await slash('pause 2')
    await proxy.called(['users.info'])
    const posted = await proxy.called(['chat.postMessage'])
    const final = await proxy.called(['chat.update'], succeeded)
    equal(final.answer.ts, posted.answer.ts, 'the message that was edited')
    const { messages } = await client.conversations.history({ channel: at.channel })
    if (!JSON.stringify(messages[0].blocks).includes('succeeded')) fail(`it reads ${JSON.stringify(messages[0])}`)
    const { permalink } = await client.chat.getPermalink({ channel: at.channel, message_ts: posted.answer.ts })
    if (!permalink.includes(posted.answer.ts.replace('.', ''))) fail(`the permalink is ${permalink}`)
  })
  await report.check('the bot answers a mention in its thread', async () => {
    const { ts } = await client.chat.postMessage({ channel: at.channel, text: `<@${botUser}> echo in a thread` })
    await event({ type: 'app_mention', channel: at.channel, text: `<@${botUser}> echo in a thread`, ts, event_ts: ts })
    await proxy.called(['chat.postMessage', 'chat.update'], succeeded)
    const { messages } = await client.conversations.replies({ channel: at.channel, ts })
    equal([messages.length, messages[1]?.thread_ts], [2, ts], 'the thread')
  })
  await report.check('the bot refuses in private what it does not understand', async () => {
    const { ts } = await client.chat.postMessage({ channel: at.channel, text: `<@${botUser}> nonsense` })
    await event({ type: 'app_mention', channel: at.channel, text: `<@${botUser}> nonsense`, ts, event_ts: ts })
    const { args } = await proxy.called(['chat.postEphemeral'])
    equal([args.user, args.channel], [at.user, at.channel], 'whom it tells')
    await slash('nonsense')
    const said = await hook.calls.next('the answer through response_url')
    equal(said.response_type, 'ephemeral', 'the answer')
  })
  await report.check('the bot opens a form for what a command lacks', async () => {
    await slash('clary node status set')
    const { answer } = await proxy.called(['views.open'])
    equal([answer.view.type, answer.view.state !== undefined], ['modal', true], 'the view')
  })
  await report.check('the bot publishes its App home', async () => {
    await event({ type: 'app_home_opened', channel: 'D0', tab: 'home', event_ts: '1.000001' })
    const { answer } = await proxy.called(['views.publish'])
    equal(answer.view.type, 'home', 'the view')
  })
  await report.check('the bot hangs long output as a file into the thread of its message', async () => {
    await slash(`echo ${'long words '.repeat(400)}`)
    const { answer } = await proxy.called(['files.completeUploadExternal'])
    equal(answer.files.length, 1, 'how many files were shared')
    await proxy.called(['chat.postMessage', 'chat.update'], succeeded)
  })
}

/** hook is a response_url that keeps what it is sent. */
async function hook() {
  const calls = new Calls()
  const server = await serve(async (request, response) => {
    calls.add(JSON.parse(await bytes(request)))
    response.end('ok')
  })
  return { ...server, calls }
}

/**
 * bearer passes calls on to emulate and keeps them. emulate reads the token from the header alone, and slack-go puts it into the form. Files
 * are to be sent where the rest is sent. emulate does not know users.conversations, so what it lists is asked for in another way.
 */
async function bearer(target) {
  const [seen, looks, refused] = [[], [], []]
  const server = await serve(async (request, response) => {
    const body = await bytes(request)
    const args = Object.fromEntries(new URLSearchParams(body.toString()))
    const method = request.url.replace('/api/', '')
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' }
    const given = request.headers.authorization ?? (args.token && `Bearer ${args.token}`)
    if (given) headers.authorization = given
    const answered = await fetch(target + request.url.replace('users.conversations', 'conversations.list'), { method: request.method, headers, body })
    const said = (await answered.text()).replaceAll(target, server.url)
    response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? 'text/plain' })
    response.end(said)
    const answer = parsed(said)
    if (answered.status !== 200 || answer?.ok === false) refused.push(`${method} ${answered.status} ${answer?.error}`)
    seen.push({ method, args, answer, taken: false })
    for (const look of [...looks]) look()
  })
  /** called waits for a call of one of the methods that no check has taken, and that fits. */
  const called = (methods, fits = () => true) => new Promise((resolve) => {
    const look = () => {
      const call = seen.find((one) => !one.taken && methods.includes(one.method) && one.answer?.ok && fits(one))
      if (!call) return
      call.taken = true
      looks.splice(looks.indexOf(look), 1)
      resolve(call)
    }
    looks.push(look)
    look()
  })
  return { ...server, url: `${server.url}/api/`, called, refused }
}

const parsed = (said) => {
  try {
    return JSON.parse(said)
  } catch {
    return undefined
  }
}

async function bytes(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

async function serve(answer) {
  const server = createServer((request, response) => answer(request, response).catch((error) => {
    response.statusCode = 500
    response.end(error.stack)
  }))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${server.address().port}`, close }
}
