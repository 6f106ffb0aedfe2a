// Slack's own framework for apps as a client of our simulated workspace (internal/sim/slack): whatever bolt refuses or misreads there it
// would not have to refuse or misread on Slack, so it is a fault of the simulator.
import bolt from '@slack/bolt'
import { freePort, startSim } from './petrel.mjs'
import { Calls, equal, fail, silent } from './report.mjs'
import { signed } from './signed.mjs'

const secret = 'sim-signing-secret'
const ann = { user: 'U0ANN', channel: 'C0OPS' }

/** judge runs every check over sockets and over HTTP. */
export async function judge(report) {
  await overSockets(report)
  await overHTTP(report)
}

async function overSockets(report) {
  const sim = await startSim('slack')
  const complaints = new Complaints()
  const app = new bolt.App({
    token: 'xoxb-sim', appToken: 'xapp-sim', socketMode: true, logger: complaints, clientOptions: { slackApiUrl: `${sim.url}api/` },
  })
  const heard = listen(app)
  try {
    await app.start()
    await report.check('bolt joins over a socket', async () => {
      const { seen } = await sim.look('wait?sockets=1&timeout=10s')
      if (!seen) fail('no socket is open')
    })
    await conversation(report, 'over a socket', sim, heard)
    await connections(report, sim, heard, complaints)
    await calls(report, sim, app.client)
  } finally {
    await app.stop()
    await sim.stop()
  }
}

async function overHTTP(report) {
  const port = await freePort()
  const sim = await startSim('slack', '--deliver', `http://127.0.0.1:${port}/slack`)
  const complaints = new Complaints()
  const receiver = new bolt.HTTPReceiver({
    signingSecret: secret, logger: complaints, endpoints: ['/slack/events', '/slack/commands', '/slack/interactions'],
  })
  const app = new bolt.App({ token: 'xoxb-sim', receiver, logger: complaints, clientOptions: { slackApiUrl: `${sim.url}api/` } })
  const heard = listen(app)
  try {
    await app.start({ port, host: '127.0.0.1' })
    await conversation(report, 'over HTTP', sim, heard)
    await report.check('bolt complains of nothing that it got over HTTP', async () => complaints.none())
    await report.check('bolt takes our signature for Slack\'s, and not that of another secret', async () => {
      const body = JSON.stringify({ type: 'event_callback', team_id: 'T0SIM', event: { type: 'reaction_added' } })
      equal(await signed(port, 'events', secret, body), 200, 'the status of what is signed')
      equal(await signed(port, 'events', 'another', body), 401, 'the status of what another signed')
    })
  } finally {
    await app.stop()
    await sim.stop()
  }
}

/** listen answers everything that the checks do, and keeps what came. */
function listen(app) {
  const heard = {}
  const keep = (name, answer) => {
    heard[name] = new Calls()
    return async (call) => {
      await answer?.(call)
      heard[name].add(call)
    }
  }
  app.command('/petrel', keep('command', async ({ ack, command, respond, say }) => {
    switch (command.text) {
      case 'at once':
        return ack('the acknowledgement speaks')
      case 'as blocks':
        return ack({ response_type: 'in_channel', text: 'words', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'blocks in the acknowledgement' } }] })
    }
    await ack()
    await respond('a private word')
    await respond({ response_type: 'in_channel', text: 'a public word' })
    await say({ text: 'a button', blocks: [buttons] })
  }))
  app.action('go', keep('action', async ({ ack, respond }) => {
    await ack()
    await respond({ replace_original: true, text: 'it was pressed' })
  }))
  app.action('go_home', keep('homeAction', async ({ ack }) => ack()))
  app.event('app_mention', keep('mention', async ({ event, say }) => say({ thread_ts: event.thread_ts ?? event.ts, text: 'in the thread' })))
  app.message('direct', keep('message', async ({ say }) => say('a direct answer')))
  app.shortcut('run_on_this', keep('shortcut', async ({ ack, shortcut, client }) => {
    await ack()
    await client.views.open({ trigger_id: shortcut.trigger_id, view: form('from the shortcut') })
  }))
  app.options('host', keep('options', async ({ ack, payload }) => ack({ options: [option(`${payload.value}-1`), option(`${payload.value}-2`)] })))
  app.view('form', keep('submission', async ({ ack, view }) => {
    const why = view.state.values.reason.text.value
    if (why === 'bad') return ack({ response_action: 'errors', errors: { reason: 'say it better' } })
    if (why === 'more') return ack({ response_action: 'update', view: form('a second page') })
    return ack()
  }))
  app.event('app_home_opened', keep('home', async ({ event, client }) => client.views.publish({
    user_id: event.user, view: { type: 'home', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'this is home' } }, homeButtons] },
  })))
  return heard
}

const row = (action) => ({ type: 'actions', block_id: 'row', elements: [{ type: 'button', action_id: action, text: { type: 'plain_text', text: 'Go' }, value: 'now' }] })
const [buttons, homeButtons] = [row('go'), row('go_home')]

const option = (text) => ({ text: { type: 'plain_text', text }, value: text })

function form(title) {
  return {
    type: 'modal', callback_id: 'form', private_metadata: 'kept', title: { type: 'plain_text', text: title }, submit: { type: 'plain_text', text: 'Send' },
    blocks: [
      { type: 'input', block_id: 'reason', label: { type: 'plain_text', text: 'Reason' }, element: { type: 'plain_text_input', action_id: 'text' } },
      { type: 'input', block_id: 'where', optional: true, label: { type: 'plain_text', text: 'Host' }, element: { type: 'external_select', action_id: 'host', min_query_length: 0 } },
    ],
  }
}

/** conversation is what people do with an app, whichever way it is told. */
async function conversation(report, way, sim, heard) {
  await report.check(`bolt ${way}: a command is acknowledged, respond answers in private and in public`, async () => {
    await sim.person('slash', { ...ann, command: '/petrel', text: 'hello <you> & me' })
    const { command } = await heard.command.next('the command')
    equal([command.text, command.user_id, command.channel_id, command.team_id], ['hello &lt;you&gt; &amp; me', 'U0ANN', 'C0OPS', 'T0SIM'], 'the command')
    await sim.sees('a private word')
    await sim.sees('a public word')
    await acknowledged(sim, 'slash_commands')
    const { messages } = await sim.look('messages?channel=C0OPS')
    equal(messages.find((m) => m.text === 'a private word').only, 'U0ANN', 'who sees the private word')
    equal(messages.find((m) => m.text === 'a public word').only, undefined, 'who alone sees the public word')
  })
  await report.check(`bolt ${way}: an acknowledgement that speaks is shown`, async () => {
    await sim.person('slash', { ...ann, command: '/petrel', text: 'at once' })
    await sim.sees('the acknowledgement speaks')
    await sim.person('slash', { ...ann, command: '/petrel', text: 'as blocks' })
    await sim.sees('blocks in the acknowledgement')
    await heard.command.next('the command')
    await heard.command.next('the command')
  })
  await report.check(`bolt ${way}: a button is pressed and its message replaced`, async () => {
    await sim.person('press', { ...ann, label: 'Go' })
    const { action, body } = await heard.action.next('the action')
    equal([action.action_id, action.block_id, action.value, body.user.id, body.container.type], ['go', 'row', 'now', 'U0ANN', 'message'], 'the action')
    await sim.sees('it was pressed')
    await acknowledged(sim, 'interactive')
  })
  await report.check(`bolt ${way}: a mention is answered in its thread`, async () => {
    const { ts } = await sim.person('say', { ...ann, text: '@petrel are you there' })
    const { event } = await heard.mention.next('the mention')
    equal([event.text, event.ts], ['<@U0PETREL> are you there', ts], 'the mention')
    await sim.sees('in the thread')
    const { messages } = await sim.look('messages?channel=C0OPS')
    equal(messages.find((m) => m.text === 'in the thread').thread, ts, 'the thread')
    await acknowledged(sim, 'events_api')
  })
  await report.check(`bolt ${way}: a direct message is heard`, async () => {
    await sim.person('say', { user: 'U0ANN', channel: 'D0ANN', text: 'direct words' })
    const { message } = await heard.message.next('the message')
    equal([message.channel_type, message.text], ['im', 'direct words'], 'the message')
    await sim.sees('a direct answer')
  })
  await report.check(`bolt ${way}: a message shortcut opens a form; a select asks; a fault stands at its field; a second page; the end`, async () => {
    const { ts } = await sim.person('say', { ...ann, text: 'run this' })
    await sim.person('shortcut', { ...ann, ts, command: 'run_on_this' })
    const { shortcut } = await heard.shortcut.next('the shortcut')
    equal([shortcut.type, shortcut.message.text, shortcut.message_ts], ['message_action', 'run this', ts], 'the shortcut')
    const { seen } = await sim.look('wait?form=U0ANN&timeout=10s')
    if (!seen) fail('no form is open')
    const found = await sim.person('suggest', { user: 'U0ANN', field: 'Host', typed: 'irene' })
    equal(found.options, ['irene-1', 'irene-2'], 'the options')
    let after = await sim.person('submit', { user: 'U0ANN', values: { Reason: ['bad'], Host: ['irene-2'] } })
    equal([after.open, after.form.faults], [true, { Reason: 'say it better' }], 'the form with a fault')
    const { view } = await heard.submission.next('the submission')
    equal([view.private_metadata, view.state.values.where.host.selected_option.value], ['kept', 'irene-2'], 'the submission')
    after = await sim.person('submit', { user: 'U0ANN', values: { Reason: ['more'] } })
    equal([after.open, after.form.title], [true, 'a second page'], 'the form after an update')
    after = await sim.person('submit', { user: 'U0ANN', values: { Reason: ['done'] } })
    equal(after.open, false, 'whether the form is open')
    await heard.submission.next('the submission')
    await heard.submission.next('the submission')
  })
  await report.check(`bolt ${way}: the App home is published and its button pressed`, async () => {
    await sim.person('home', { user: 'U0ANN' })
    await heard.home.next('app_home_opened')
    const { seen } = await sim.look('wait?home=U0ANN&timeout=10s&text=this+is+home')
    if (!seen) fail('the App home is empty')
    await sim.person('home', { user: 'U0ANN', label: 'Go' })
    const { action, body } = await heard.homeAction.next('the action')
    equal([action.action_id, body.container.type, body.view.type], ['go_home', 'view', 'home'], 'the action')
  })
}

/** acknowledged fails unless the newest delivery of the kind was acknowledged in time. */
async function acknowledged(sim, kind) {
  const lines = await sim.ledger((line) => line.type === kind && ['ack', 'failed', 'late'].includes(line.kind))
  equal(lines.at(-1)?.kind, 'ack', `what became of the ${kind}`)
}

/** calls are of the Web API, by the client that Slack publishes. */
async function calls(report, sim, client) {
  await report.check('Slack\'s Web API client posts, edits, reacts, reads back and deletes', async () => {
    const metadata = { event_type: 'petrel_posting', event_payload: { key: 'k1' } }
    const posted = await client.chat.postMessage({ channel: 'C0OPS', text: 'first', metadata })
    await client.chat.update({ channel: 'C0OPS', ts: posted.ts, text: 'second' })
    await client.reactions.add({ channel: 'C0OPS', timestamp: posted.ts, name: 'eyes' })
    const { messages } = await client.conversations.history({ channel: 'C0OPS', include_all_metadata: true, limit: 1, latest: posted.ts, inclusive: true })
    equal([messages[0].text, messages[0].metadata], ['second', metadata], 'the message')
    await client.chat.delete({ channel: 'C0OPS', ts: posted.ts })
  })
  await report.check('Slack\'s Web API client pages through a list to its end', async () => {
    let count = 0
    for await (const page of client.paginate('conversations.list', { limit: 1 })) count += page.channels.length
    const { channels } = await client.conversations.list({})
    equal(count, channels.length, 'how many channels are listed')
  })
  await report.check('Slack\'s Web API client uploads a file', async () => {
    await client.files.uploadV2({ channel_id: 'C0OPS', filename: 'a.txt', content: 'the content of a file', initial_comment: 'a file' })
    await sim.sees('the content of a file')
  })
  await report.check('Slack\'s Web API client reads our refusals', async () => {
    equal(await refusal(client.chat.postMessage({ channel: 'C0QUIET', text: 'x' })), 'not_in_channel', 'the error')
    equal(await refusal(client.chat.postMessage({ channel: 'C0OPS', text: 'x', blocks: [{ type: 'nonsense' }] })), 'invalid_blocks', 'the error')
    equal(await refusal(client.apiCall('no.such.method')), 'unknown_method', 'the error')
  })
  await report.check('Slack\'s Web API client waits as long as our 429 says and posts once', async () => {
    await sim.person('faults', { method: 'chat.postMessage', effect: 'status', status: 429, retry_after: 1, count: 1 })
    const begin = Date.now()
    await client.chat.postMessage({ channel: 'C0OPS', text: 'after a wait' })
    if (Date.now() - begin < 1000) fail('it did not wait')
    equal((await sim.ledger((line) => line.kind === 'post' && line.text === 'after a wait')).length, 1, 'how often it stands there')
  })
}

const refusal = (call) => call.then(() => 'no error', (error) => error.data?.error ?? error.message)

/** connections are what becomes of sockets. */
async function connections(report, sim, heard, complaints) {
  const works = async (what) => {
    const { seen } = await sim.look('wait?sockets=1&timeout=14s')
    if (!seen) fail('no socket is open')
    await sim.person('say', { ...ann, text: `@petrel after ${what}` })
    const { event } = await heard.mention.next('the mention')
    equal(event.text, `<@U0PETREL> after ${what}`, 'the mention')
  }
  await report.check('bolt connects again after a disconnect message', async () => {
    await sim.order('sockets/rotate')
    await works('rotate')
  })
  await report.check('bolt complains of nothing that it got over sockets', async () => complaints.none())
  await report.check('bolt connects again when its connection is cut', async () => {
    await sim.order('sockets/drop')
    await works('drop')
  })
}

/** Complaints is a logger that keeps warnings and errors, as a sign of what was misread. */
class Complaints {
  #lines = []
  debug() {}
  info() {}
  warn(...words) { this.#lines.push(words.join(' ')) }
  error(...words) { this.#lines.push(words.join(' ')) }
  setLevel() {}
  getLevel() { return 'warn' }
  setName() {}

  none() {
    silent(this.#lines)
  }
}
