// An independent copy of Slack's Web API (vercel-labs/emulate) as the place that the whole bot posts to: petrel serve takes commands over
// HTTP, which this judge signs as Slack does, and emulate says whether what the bot then calls is what Slack takes.
import { WebClient } from '@slack/web-api'
import { createEmulator } from 'emulate'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folder, freePort, run, start } from './petrel.mjs'
import { bytes, proxy, serve } from './proxy.mjs'
import { Calls, equal, fail, silent } from './report.mjs'
import { signed } from './signed.mjs'

const [token, secret, botUser] = ['xoxb-peer', 'peer-secret', 'U0PETREL']

/** judge runs every check. */
export async function judge(report) {
  const data = await folder()
  const manifest = JSON.parse(await run(['slack', 'manifest', '--config', await settings(data.path, {})]))
  const copy = await workspace(manifest)
  const slack = await bearer(copy.url)
  const port = await freePort()
  const client = new WebClient(token, { slackApiUrl: `${copy.url}/api/` })
  const { members } = await client.users.list()
  const { channels } = await client.conversations.list()
  const at = { team: 'T000000001', user: members.find((m) => m.name === 'ann').id, channel: channels.find((c) => c.name === 'ops').id }
  await client.conversations.join({ channel: at.channel })
  const config = await settings(data.path, { port, api: slack.url, account: `slack:${at.team}/${at.user}` })
  const petrel = await start(['serve', '--config', config], { stream: 'stderr', words: 'joined a Slack workspace', env: { PEER_TOKEN: token, PEER_SECRET: secret } })
  const bot = { port, at, slack, client, hook: await hook() }
  try {
    await checks(report, bot)
    await report.check('emulate refuses nothing that the bot calls', async () => silent(slack.refused))
  } finally {
    await petrel.stop()
    await Promise.all([bot.hook.close(), slack.close(), copy.close(), data.remove()])
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
http: {listen: "127.0.0.1:${port}"}
adapters:
  slack:
    http: {url: "https://petrel.example.com"}
    workspaces: [{bot_token: "env:PEER_TOKEN", signing_secret: "env:PEER_SECRET", api_url: "${api}"}]
permissions:
  - {identity: "${account}", action: "*"}
`)
  return file
}

const succeeded = (call) => JSON.stringify(call.answer.message).includes('succeeded')

async function checks(report, { port, at, slack, client, hook }) {
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
    await slack.called(['users.info'])
    const posted = await slack.called(['chat.postMessage'])
    const final = await slack.called(['chat.update'], succeeded)
    equal(final.answer.ts, posted.answer.ts, 'the message that was edited')
    const { messages } = await client.conversations.history({ channel: at.channel })
    if (!JSON.stringify(messages[0].blocks).includes('succeeded')) fail(`it reads ${JSON.stringify(messages[0])}`)
    const { permalink } = await client.chat.getPermalink({ channel: at.channel, message_ts: posted.answer.ts })
    if (!permalink.includes(posted.answer.ts.replace('.', ''))) fail(`the permalink is ${permalink}`)
  })
  await report.check('the bot answers a mention in its thread', async () => {
    const { ts } = await client.chat.postMessage({ channel: at.channel, text: `<@${botUser}> echo in a thread` })
    await event({ type: 'app_mention', channel: at.channel, text: `<@${botUser}> echo in a thread`, ts, event_ts: ts })
    await slack.called(['chat.postMessage', 'chat.update'], succeeded)
    const { messages } = await client.conversations.replies({ channel: at.channel, ts })
    equal([messages.length, messages[1]?.thread_ts], [2, ts], 'the thread')
  })
  await report.check('the bot refuses in private what it does not understand', async () => {
    const { ts } = await client.chat.postMessage({ channel: at.channel, text: `<@${botUser}> nonsense` })
    await event({ type: 'app_mention', channel: at.channel, text: `<@${botUser}> nonsense`, ts, event_ts: ts })
    const { args } = await slack.called(['chat.postEphemeral'])
    equal([args.user, args.channel], [at.user, at.channel], 'whom it tells')
    await slash('nonsense')
    const said = await hook.calls.next('the answer through response_url')
    equal(said.response_type, 'ephemeral', 'the answer')
  })
  await report.check('the bot opens a form for what a command lacks', async () => {
    await slash('clary node status set')
    const { answer } = await slack.called(['views.open'])
    equal([answer.view.type, answer.view.state !== undefined], ['modal', true], 'the view')
  })
  await report.check('the bot publishes its App home', async () => {
    await event({ type: 'app_home_opened', channel: 'D0', tab: 'home', event_ts: '1.000001' })
    const { answer } = await slack.called(['views.publish'])
    equal(answer.view.type, 'home', 'the view')
  })
  await report.check('the bot hangs long output as a file into the thread of its message', async () => {
    await slash(`echo ${'long words '.repeat(400)}`)
    const { answer } = await slack.called(['files.completeUploadExternal'])
    equal(answer.files.length, 1, 'how many files were shared')
    await slack.called(['chat.postMessage', 'chat.update'], succeeded)
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
 * bearer passes calls on to emulate. emulate reads the token from the header alone, and slack-go puts it into the form; it does not know
 * users.conversations, so what that lists is asked for in another way.
 */
async function bearer(target) {
  const between = await proxy(target, {
    change(call) {
      call.args = Object.fromEntries(new URLSearchParams(call.body.toString()))
      if (call.args.token) call.headers.authorization ??= `Bearer ${call.args.token}`
      call.path = call.path.replace('users.conversations', 'conversations.list')
    },
    refusal: ({ status, answer }) => status !== 200 || answer?.ok === false ? `${status} ${answer?.error}` : '',
  })
  const called = (methods, fits = () => true) => between.called((call) => methods.includes(call.path.replace('/api/', '')) && fits(call))
  return { ...between, url: `${between.url}/api/`, called }
}
