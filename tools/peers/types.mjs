// What our adapters send in all of their tests, and the manifest of the app, checked by the TypeScript compiler against the types that Slack
// and the people behind discord.js publish. The check checks itself: every key, misspelt, has to be refused.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { folder, goTest, run } from './petrel.mjs'
import { fail } from './report.mjs'

const imports = `
import type * as web from '@slack/web-api'
import type * as slack from '@slack/types'
import type * as bolt from '@slack/bolt'
import type * as discord from 'discord-api-types/v10'
// Slack's manifest takes any key besides those that it knows; ours is to have none of them.
type Known<T> = T extends (infer E)[] ? Known<E>[] : T extends object ? { [K in keyof T as string extends K ? never : K]: Known<T[K]> } : T
type Manifest = Known<NonNullable<web.AppsManifestCreateArguments['manifest']>>
`

/** platforms say which type each call has. A call that is not listed is a fault: nobody would check it. */
const platforms = {
  slack: {
    calls: [
      ['POST /api/auth.test', 'web.AuthTestArguments'],
      ['POST /api/chat.postMessage', 'web.ChatPostMessageArguments'],
      ['POST /api/chat.postEphemeral', 'web.ChatPostEphemeralArguments'],
      ['POST /api/chat.update', 'web.ChatUpdateArguments'],
      ['POST /api/conversations.history', 'web.ConversationsHistoryArguments'],
      ['POST /api/conversations.open', 'web.ConversationsOpenArguments'],
      ['POST /api/conversations.replies', 'web.ConversationsRepliesArguments'],
      ['POST /api/files.completeUploadExternal', 'web.FilesCompleteUploadExternalArguments'],
      ['POST /api/files.getUploadURLExternal', 'web.FilesGetUploadURLExternalArguments'],
      ['POST /api/reactions.add', 'web.ReactionsAddArguments'],
      ['POST /api/users.conversations', 'web.UsersConversationsArguments'],
      ['POST /api/users.info', 'web.UsersInfoArguments'],
      ['POST /api/views.open', 'web.ViewsOpenArguments'],
      ['POST /api/views.publish', 'web.ViewsPublishArguments'],
      ['POST /hook/*', 'bolt.RespondArguments'],
    ],
    // A file on its way has no type, and the test of the doctor asks our own address.
    without: /^POST (\/upload\/|\/slack\/)/,
  },
  discord: {
    calls: [
      ['PATCH /api/v10/channels/*/messages/*', 'discord.RESTPatchAPIChannelMessageJSONBody'],
      ['PATCH /api/v10/webhooks/*/*/messages/*', 'discord.RESTPatchAPIWebhookWithTokenMessageJSONBody'],
      ['POST /api/v10/channels/*/messages', 'discord.RESTPostAPIChannelMessageJSONBody'],
      ['POST /api/v10/channels/*/messages/*/threads', 'discord.RESTPostAPIChannelMessagesThreadsJSONBody'],
      ['POST /api/v10/interactions/*/*/callback', 'discord.RESTPostAPIInteractionCallbackJSONBody'],
      ['POST /api/v10/users/@me/channels', 'discord.RESTPostAPICurrentUserCreateDMChannelJSONBody'],
      ['POST /api/v10/webhooks/*/*', 'discord.RESTPostAPIWebhookWithTokenJSONBody'],
      ['POST /api/v10/applications/*/commands', 'discord.RESTPostAPIApplicationCommandsJSONBody'],
    ],
    // What somebody else writes in our tests is none of ours.
    without: /^PUT /,
  },
}

/** judge runs every check. */
export async function judge(report) {
  await manifest(report)
  for (const [name, platform] of Object.entries(platforms)) {
    const kinds = new Map()
    const data = await folder()
    try {
      const file = join(data.path, 'sent.jsonl')
      await report.check(`the tests of adapters/${name} pass`, () => goTest(`./adapters/${name}`, '-sent', file), 600_000)
      await report.check(`each call that adapters/${name} makes is known`, async () => {
        const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
        for (const line of lines) take(kinds, platform, JSON.parse(line))
      })
    } finally {
      await data.remove()
    }
    await compare(report, name, kinds)
  }
}

/** take sorts a call into the kinds by type. Layouts are taken out of it and are kinds of their own, so that each is compared once. */
function take(kinds, { calls, without }, { method, path, type, body }) {
  const call = `${method} ${path}`
  if (without.test(call)) return
  const known = calls.find(([pattern]) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`).test(call))
  if (!known) fail(`nobody knows the type of ${call}`)
  // A form with files holds JSON beside them.
  const value = type === 'application/x-www-form-urlencoded' ? formValue(new URLSearchParams(body)) : JSON.parse(body)
  for (const blocks of [value.blocks, value.view?.blocks]) {
    for (const block of blocks?.splice(0) ?? []) add(kinds, 'slack.AnyBlock', block)
  }
  add(kinds, known[1], value)
}

/** formValue is what a form says with the types that it has in JSON: a form knows texts alone. */
function formValue(form) {
  const value = {}
  for (const [name, text] of form) {
    if (['blocks', 'view', 'metadata', 'files'].includes(name)) value[name] = JSON.parse(text)
    else if (['limit', 'length'].includes(name)) value[name] = Number(text)
    else if (['inclusive', 'include_all_metadata'].includes(name)) value[name] = text === '1'
    else value[name] = ['true', 'false'].includes(text) ? text === 'true' : text
  }
  return value
}

function add(kinds, type, value) {
  if (!kinds.has(type)) kinds.set(type, new Map())
  const one = small(value)
  kinds.get(type).set(shape(one), one)
}

/** small is the value with one element of each shape in its lists, and short texts: no type here depends on how many or how long. */
function small(value) {
  if (typeof value === 'string') return value.slice(0, 60)
  if (Array.isArray(value)) return [...new Map(value.map((v) => [shape(small(v)), small(v)])).values()]
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, small(v)]))
}

/** shape is what types can tell of a value: its keys, and the texts and numbers of those that say what it is. */
function shape(value) {
  return JSON.stringify(value, (key, v) => {
    if (['string', 'number'].includes(typeof v) && !['type', 'style', 'response_type'].includes(key)) return typeof v
    return v
  })
}

async function manifest(report) {
  const data = await folder()
  try {
    const kinds = new Map()
    const file = join(data.path, 'petrel.yaml')
    for (const http of ['{}', '{listen: "127.0.0.1:1", url: "https://petrel.example.com"}']) {
      await writeFile(file, `adapters:
  slack:
    http: ${http}
    workspaces: [{bot_token: "env:A", app_token: "env:B", signing_secret: "env:C"}]
`)
      add(kinds, 'Manifest', JSON.parse(await run(['slack', 'manifest', '--config', file])))
    }
    await compare(report, 'the manifest of the app', kinds)
  } finally {
    await data.remove()
  }
}

/** compare has the compiler compare values with their types, and each of their keys misspelt. */
async function compare(report, name, kinds) {
  const lines = imports.split('\n')
  const about = new Map() // by line: what stands there
  for (const [type, values] of kinds) {
    for (const value of values.values()) {
      about.set(lines.length, { type, text: JSON.stringify(value) })
      lines.push(`{ const right: ${type} = ${JSON.stringify(value)} }`)
    }
    for (const { text, key } of misspelt([...values.values()])) {
      about.set(lines.length, { type, key, text })
      lines.push(`{ const wrong: ${type} = ${text} }`)
    }
  }
  const faults = compile(lines.join('\n'))
  for (const type of kinds.keys()) {
    const here = [...about].filter(([, a]) => a.type === type)
    const [right, wrong] = [here.filter(([, a]) => !a.key), here.filter(([, a]) => a.key)]
    await report.check(`${name}: ${right.length} shapes fit ${type}, and ${wrong.length} misspelt keys do not`, async () => {
      for (const [line, a] of right) if (faults.has(line)) fail(`${faults.get(line)} in ${a.text.slice(0, 400)}`)
      const missed = [...new Set(wrong.filter(([line]) => !faults.has(line)).map(([, a]) => a.key))]
      if (missed.length > 0) fail(`nobody would notice these keys misspelt: ${missed.join(', ')}`)
    })
  }
}

/** free are objects whose keys are the sender's own. */
const free = ['event_payload']

/** misspelt returns each key that the values have, by its path, once, misspelt in one of the values that has it. */
function misspelt(values) {
  const found = new Map()
  const walk = (whole, node, path) => {
    if (node === null || typeof node !== 'object') return
    for (const [key, v] of Object.entries(node)) {
      const at = Array.isArray(node) ? path : `${path}${node.type ? `(${node.type})` : ''}.${key}`
      if (!Array.isArray(node) && !found.has(at)) {
        delete node[key]
        node[`${key}x`] = v
        found.set(at, { key: at, text: JSON.stringify(whole) })
        delete node[`${key}x`]
        node[key] = v
      }
      if (!free.includes(key)) walk(whole, v, at)
    }
  }
  for (const value of structuredClone(values)) walk(value, value, '')
  return found.values()
}

/** compile returns the first fault of each line of a program, counted from zero. */
function compile(text) {
  const file = new URL('./sent.ts', import.meta.url).pathname // it is never written; imports are found from there
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }
  const host = ts.createCompilerHost(options)
  const [exists, source] = [host.fileExists, host.getSourceFile]
  host.fileExists = (name) => name === file || exists(name)
  host.getSourceFile = (name, ...rest) => name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true) : source(name, ...rest)
  const program = ts.createProgram([file], options, host)
  const faults = new Map()
  for (const d of ts.getPreEmitDiagnostics(program)) {
    const why = ts.flattenDiagnosticMessageText(d.messageText, ' ').slice(0, 400)
    if (d.file?.fileName !== file) fail(`the types cannot be read: ${d.file?.fileName} ${why}`)
    const { line } = d.file.getLineAndCharacterOfPosition(d.start)
    if (!faults.has(line)) faults.set(line, why)
  }
  return faults
}
