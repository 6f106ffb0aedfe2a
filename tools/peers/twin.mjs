// An independent copy of Discord (discord-digital-twin) with the whole bot in it: petrel serve logs in at its gateway, and people of the twin
// write to it, type its command and press its buttons.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ButtonStyle, ChannelType, ComponentType, InteractionResponseType } from 'discord-api-types/v10'
import { DigitalDiscord } from 'discord-digital-twin'
import { folder, start } from './petrel.mjs'
import { proxy } from './proxy.mjs'
import { equal, fail, silent } from './report.mjs'

/** judge runs every check. */
export async function judge(report) {
  const data = await folder()
  const twin = new DigitalDiscord({ guild: { name: 'Peers' }, channels: [{ name: 'ops', type: ChannelType.GuildText }], users: [{ username: 'ann' }], botToken: 'peer' })
  await twin.start()
  const between = await bridge(twin)
  const user = await twin.getFirstNonBotUserId()
  const { id: channel } = await twin.prisma.channel.findFirst({ where: { name: 'ops' } })
  const config = join(data.path, 'petrel.yaml')
  await writeFile(config, `data: ${join(data.path, 'data')}
adapters:
  discord: {token: "env:PEER_TOKEN", api_url: "${between.url}/api/v10/", native_packs: [core]}
permissions:
  - {identity: "discord:${twin.guildId}/${user}", action: "*"}
`)
  let petrel
  try {
    const joined = await report.check('the bot logs in at the twin\'s gateway and is told of its guild', async () => {
      petrel = await start(['serve', '--config', config], { stream: 'stderr', words: 'listening to Discord', env: { PEER_TOKEN: 'peer' } })
    })
    if (!joined) return
    await checks(report, { twin, between, user, channel })
    await report.check('the twin refuses nothing that the bot calls', async () => silent(between.refused))
  } finally {
    await petrel?.stop()
    await between.close()
    await twin.stop()
    await data.remove()
  }
}

/**
 * bridge passes calls on to the twin, which lists neither the commands of an application nor the guilds of its bot, and takes commands only all
 * at once.
 */
function bridge(twin) {
  const commands = []
  return proxy(twin.restUrl.replace(/\/api$/, ''), {
    change(call) {
      if (/^\/api\/v10\/applications\/\d+\/commands$/.test(call.path)) {
        if (call.method === 'GET') return []
        commands.push(JSON.parse(call.body))
        Object.assign(call, { method: 'PUT', body: Buffer.from(JSON.stringify(commands)) })
      }
      if (call.method === 'GET' && call.path.startsWith('/api/v10/users/@me/guilds')) return [{ id: twin.guildId, name: 'Peers', owner: false, permissions: '0' }]
    },
    refusal: ({ status, answer }) => status >= 400 ? `${status} ${answer?.message ?? ''}` : '',
  })
}

async function checks(report, { twin, between, user, channel }) {
  const ann = twin.channel(channel).user(user)
  const type = (value) => ann.runSlashCommand({ name: 'petrel', options: [{ name: 'command', type: 3, value }] })
  const says = (words) => (message) => JSON.stringify([message.content, message.embeds]).includes(words)
  /** reads waits for a message of the bot that holds all the words, and has not been read before. */
  const read = new Set()
  const reads = async (...words) => {
    const message = await twin.channel(channel).waitForMessage({
      timeout: 10_000, predicate: (m) => m.author.id === twin.botUserId && !read.has(m.id) && words.every((w) => says(w)(m)),
    })
    read.add(message.id)
    return message
  }
  const acknowledged = async ({ id }) => (await twin.channel(channel).waitForInteractionAck({ interactionId: id, timeout: 5000 })).type

  await report.check('the bot registers its command and that of a pack', async () => {
    const { answer } = await between.called((call) => call.method === 'PUT' && call.path.endsWith('/commands') && call.answer.length === 2)
    equal(answer.map((command) => command.name), ['petrel', 'core'], 'the commands')
  })
  await report.check('the bot runs what is chosen of a pack', async () => {
    const options = [{ name: 'echo', type: 1, options: [{ name: 'message', type: 3, value: 'chosen = "this"' }] }]
    equal(await acknowledged(await ann.runSlashCommand({ name: 'core', options })), InteractionResponseType.DeferredChannelMessageWithSource, 'the first answer')
    await reads('chosen')
  })
  await report.check('the bot replies to a mention, and edits its message until the result stands in it', async () => {
    const { id } = await ann.sendMessage({ content: `<@${twin.botUserId}> pause 2` })
    const message = await reads('succeeded', 'core.pause')
    equal([message.message_reference?.message_id, message.edited_timestamp !== null], [id, true], 'the reply')
  })
  await report.check('the bot defers the answer to its command and puts the result there', async () => {
    equal(await acknowledged(await type('echo by the command')), InteractionResponseType.DeferredChannelMessageWithSource, 'the first answer')
    await between.called((call) => call.method === 'PATCH' && call.path.includes('/messages/@original'))
    await reads('by the command')
  })
  await report.check('the bot answers in private what it does not understand', async () => {
    await type('nonsense')
    const told = await between.called((call) => JSON.stringify(call.body.toString()).includes('nonsense') && call.method === 'POST')
    equal(JSON.parse(told.body).flags ?? JSON.parse(told.body).data?.flags, 64, 'the flags')
  })
  await report.check('a button of the bot works', async () => {
    await type('pause 60')
    const message = await reads('core.pause', 'running')
    const button = message.components.flatMap((row) => row.components).find((c) => c.type === ComponentType.Button && c.label === 'Cancel')
    if (!button || button.style === ButtonStyle.Link) fail(`the message has no button Cancel but ${JSON.stringify(message.components)}`)
    read.delete(message.id)
    await ann.clickButton({ messageId: message.id, customId: button.custom_id })
    await reads('core.pause', 'canceled')
  })
  await report.check('the bot opens a form for what a command lacks', async () => {
    equal(await acknowledged(await type('clary node status set')), InteractionResponseType.Modal, 'the answer')
  })
}
