// The library that most Discord bots are written with as a client of our simulated guild (internal/sim/discord): whatever discord.js refuses
// or misreads there is a fault of the simulator.
import { ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, LabelBuilder, MessageFlags, ModalBuilder, Partials, TextInputBuilder, TextInputStyle } from 'discord.js'
import { startSim } from './petrel.mjs'
import { Calls, equal, fail, silent } from './report.mjs'

const [guild, bot, ops, direct, user] = ['100000000000000001', '100000000000000009', '100000000000000201', '100000000000000301', '100000000000000101']
const ann = { user, channel: ops }

/** judge runs every check. */
export async function judge(report) {
  const sim = await startSim('discord')
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages, GatewayIntentBits.MessageContent],
    // Without these a direct message in a channel that the library does not know yet is dropped.
    partials: [Partials.Channel],
    rest: { api: `${sim.url}api` },
  })
  const heard = listen(client)
  try {
    if (!await login(report, client, heard)) return
    await messages(report, sim, client, heard)
    await interactions(report, sim, client, heard)
    await sessions(report, sim, heard)
    await report.check('discord.js complains of nothing that it got', async () => silent(heard.complaints))
  } finally {
    await client.destroy()
    await sim.stop()
  }
}

/** listen answers everything that the checks do, and keeps what came. */
function listen(client) {
  const heard = { complaints: [] }
  for (const name of ['ready', 'message', 'command', 'completion', 'button', 'form', 'resumed', 'shardReady']) heard[name] = new Calls()
  client.once(Events.ClientReady, () => heard.ready.add())
  client.on(Events.ShardResume, (shard, replayed) => heard.resumed.add(replayed))
  client.on(Events.ShardReady, () => heard.shardReady.add())
  for (const event of [Events.Error, Events.Warn, Events.ShardError]) client.on(event, (what) => heard.complaints.push(`${event}: ${what.message ?? what}`))
  client.on(Events.MessageCreate, (message) => message.author.bot || heard.message.add(message))
  client.on(Events.InteractionCreate, async (interaction) => {
    try {
      await answer(interaction, heard)
    } catch (error) {
      heard.complaints.push(`the answer to an interaction of type ${interaction.type}: ${error.message}`)
    }
  })
  return heard
}

async function answer(interaction, heard) {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused()
    await interaction.respond([{ name: `${typed}1`, value: `${typed}1` }, { name: `${typed}2`, value: `${typed}2` }])
    heard.completion.add(interaction)
  } else if (interaction.isChatInputCommand()) {
    await interaction.deferReply({ flags: interaction.options.getString('command') === 'in private' ? MessageFlags.Ephemeral : undefined })
    await interaction.editReply({ content: 'the answer came', components: [row('go', 'Go'), row('ask', 'Ask')] })
    await interaction.followUp({ content: 'and one more', flags: MessageFlags.Ephemeral })
    heard.command.add(interaction)
  } else if (interaction.isButton()) {
    if (interaction.customId === 'ask') await interaction.showModal(form)
    else await interaction.update({ content: 'it was pressed', components: [] })
    heard.button.add(interaction)
  } else if (interaction.isModalSubmit()) {
    await interaction.reply({ content: `because ${interaction.fields.getTextInputValue('reason')}`, withResponse: true })
    heard.form.add(interaction)
  }
}

const row = (id, label) => new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(ButtonStyle.Primary))

const form = new ModalBuilder().setCustomId('why').setTitle('What is missing')
  .addLabelComponents(new LabelBuilder().setLabel('Reason').setTextInputComponent(new TextInputBuilder().setCustomId('reason').setStyle(TextInputStyle.Short)))

async function login(report, client, heard) {
  return report.check('discord.js logs in and knows its guild, the channels and itself', async () => {
    await client.login('sim-bot-token')
    await heard.ready.next('READY')
    await heard.shardReady.next('the readiness of the shard')
    equal([client.user.id, client.application.id, client.guilds.cache.get(guild)?.name], [bot, bot, 'Simulated'], 'who and where it is')
    equal([client.guilds.cache.get(guild).available, client.channels.cache.get(ops)?.name], [true, 'ops'], 'the guild and its channel')
  })
}

async function messages(report, sim, client, heard) {
  await report.check('discord.js hears a mention and replies to it', async () => {
    await sim.person('say', { ...ann, text: '@petrel are you there' })
    const message = await heard.message.next('the message')
    equal([message.content, message.mentions.users.has(bot), message.guildId, message.member?.id], [`<@${bot}> are you there`, true, guild, user], 'the message')
    const reply = await message.reply({ content: 'here I am', allowedMentions: { parse: [], repliedUser: false } })
    equal([reply.reference?.messageId, reply.content], [message.id, 'here I am'], 'the reply')
  })
  await report.check('discord.js hears a direct message and answers', async () => {
    await sim.person('say', { user, channel: direct, text: 'in private' })
    const message = await heard.message.next('the message')
    equal([message.content, message.guildId, message.channel.isDMBased()], ['in private', null, true], 'the message')
    await message.channel.send('a direct answer')
    await sim.sees('a direct answer')
  })
  await report.check('discord.js sends a file and an embed, edits, reacts and reads back', async () => {
    const channel = await client.channels.fetch(ops, { force: true })
    const sent = await channel.send({ content: 'first', files: [{ attachment: Buffer.from('the content of a file'), name: 'a.txt' }], embeds: [{ title: 'a title', fields: [{ name: 'node', value: 'irene4000' }] }] })
    equal([sent.attachments.first()?.name, sent.embeds[0]?.title], ['a.txt', 'a title'], 'what was sent')
    await sim.sees('the content of a file')
    const edited = await sent.edit({ content: 'second' })
    equal([edited.content, edited.editedTimestamp !== null], ['second', true], 'the edit')
    await sent.react('👀')
    const list = await channel.messages.fetch({ limit: 5, cache: false })
    equal([list.get(sent.id)?.content, list.get(sent.id)?.reactions.cache.first()?.emoji.name], ['second', '👀'], 'what is read back')
  })
  await report.check('discord.js: the same nonce posts once', async () => {
    const channel = client.channels.cache.get(ops)
    const posts = [await channel.send({ content: 'once', nonce: 'n1', enforceNonce: true }), await channel.send({ content: 'once', nonce: 'n1', enforceNonce: true })]
    equal(posts[0].id, posts[1].id, 'the second message')
  })
  await report.check('discord.js reads our refusals', async () => {
    equal(await refused(client.channels.cache.get(ops).send({ content: 'x'.repeat(2001) })), 50035, 'the code')
    equal(await refused(client.channels.fetch('100000000000000202', { force: true })), 50001, 'the code')
    equal(await refused(client.channels.fetch('100000000000000999', { force: true })), 10003, 'the code')
  })
  await report.check('discord.js waits as long as our 429 says and posts once', async () => {
    await sim.person('faults', {
      method: 'message.create', effect: 'status', status: 429, retry_after: 1, count: 1, body: JSON.stringify({ message: 'You are being rate limited.', retry_after: 1, global: false }),
    })
    const begin = Date.now()
    await client.channels.cache.get(ops).send('after a wait')
    if (Date.now() - begin < 1000) fail('it did not wait')
    equal((await sim.ledger((line) => line.kind === 'post' && line.text === 'after a wait')).length, 1, 'how often it stands there')
  })
}

/** refused is the code of the error that a call ends with. */
const refused = (call) => call.then(() => 'no error', (error) => error.code ?? error.message)

/** lab has a group with a subcommand, and an option of each type. */
const lab = {
  name: 'lab', description: 'x', type: 1, options: [{
    name: 'node', description: 'x', type: 2, options: [{
      name: 'set', description: 'x', type: 1, options: [
        { name: 'host', description: 'x', type: 3, required: true, autocomplete: true }, { name: 'mode', description: 'x', type: 3, choices: [{ name: 'Fast', value: 'fast' }, { name: 'Slow', value: 'slow' }] },
        { name: 'count', description: 'x', type: 4 }, { name: 'share', description: 'x', type: 10 }, { name: 'dry', description: 'x', type: 5 },
      ],
    }],
  }],
}

async function interactions(report, sim, client, heard) {
  await report.check('discord.js registers a command and finds it again', async () => {
    await client.application.commands.set([{
      name: 'petrel', description: 'Tell petrel what to do', options: [{ name: 'command', description: 'What to do', type: 3, autocomplete: true, max_length: 6000 }],
    }, lab])
    const list = await client.application.commands.fetch()
    equal(list.filter((c) => c.name === 'petrel').map((c) => [c.options[0].autocomplete, c.options[0].maxLength]), [[true, 6000]], 'the command')
    equal(list.find((c) => c.name === 'lab').equals(lab), true, 'whether the command with parts is as it was written')
  })
  await report.check('discord.js reads a subcommand and the types of its values', async () => {
    await sim.person('slash', { ...ann, command: 'lab', text: 'node set host:irene1 mode:Slow count:3 share:0.5 dry:True' })
    const { options } = await heard.command.next('the command')
    equal([options.getSubcommandGroup(), options.getSubcommand(), options.getString('host', true), options.getString('mode'), options.getInteger('count'), options.getNumber('share'), options.getBoolean('dry')],
      ['node', 'set', 'irene1', 'slow', 3, 0.5, true], 'the command')
    const { choices } = await sim.person('complete', { ...ann, command: 'lab', text: 'node set host:irene' })
    equal(choices, ['irene1', 'irene2'], 'what is offered')
    const completion = await heard.completion.next('the completion')
    equal([completion.options.getSubcommand(), completion.options.getFocused(true).name], ['set', 'host'], 'what is typed')
  })
  await report.check('discord.js writes one command and deletes it', async () => {
    const one = await client.application.commands.create({ name: 'one', description: 'x' })
    const again = await client.application.commands.create({ name: 'one', description: 'y' })
    equal([again.id, again.description], [one.id, 'y'], 'the command that was written twice')
    await client.application.commands.delete(one.id)
    equal((await client.application.commands.fetch()).map((c) => c.name).sort(), ['lab', 'petrel'], 'what is left')
    equal(await refused(client.application.commands.delete(one.id)), 10063, 'the code')
  })
  await report.check('discord.js offers completions', async () => {
    const { choices } = await sim.person('complete', { ...ann, command: 'petrel', text: 'irene' })
    equal(choices, ['irene1', 'irene2'], 'what is offered')
  })
  await report.check('discord.js defers the answer to a command, edits it and follows up in private', async () => {
    await sim.person('slash', { ...ann, command: 'petrel', text: 'do it' })
    const interaction = await heard.command.next('the command')
    equal([interaction.user.id, interaction.guildId, interaction.channelId, interaction.inCachedGuild()], [user, guild, ops, true], 'the interaction')
    const { messages } = await sim.look(`messages?channel=${ops}`)
    const [answered, more] = messages.slice(-2)
    equal([answered.only, more.only, more.text], [undefined, user, 'and one more'], 'who sees what')
    if (!answered.text.startsWith('the answer came')) fail(`the answer reads ${answered.text}`)
    const reply = await interaction.fetchReply()
    equal(reply.content, 'the answer came', 'the answer as it is read back')
    await interaction.deleteReply(await interaction.followUp('for a moment'))
  })
  await report.check('discord.js: a button opens a form, which is submitted', async () => {
    await sim.person('press', { ...ann, label: 'Ask' })
    const button = await heard.button.next('the button')
    equal([button.customId, button.message.content], ['ask', 'the answer came'], 'the button')
    const { seen } = await sim.look(`wait?form=${user}&timeout=10s`)
    if (!seen) fail('no form is open')
    await sim.person('submit', { user, values: { reason: 'of the weather' } })
    const submitted = await heard.form.next('the form')
    equal([submitted.customId, submitted.isFromMessage()], ['why', true], 'the form')
    await sim.sees('because of the weather')
  })
  await report.check('discord.js: a button changes its message', async () => {
    await sim.person('press', { ...ann, label: 'Go' })
    await heard.button.next('the button')
    await sim.sees('it was pressed')
  })
  await report.check('discord.js: a command in direct messages', async () => {
    await sim.person('slash', { user, channel: direct, command: 'petrel', text: 'in private' })
    const interaction = await heard.command.next('the command')
    equal([interaction.user.id, interaction.guildId, interaction.context], [user, null, 1], 'the interaction')
  })
}

async function sessions(report, sim, heard) {
  const works = async (words) => {
    const { seen } = await sim.look('wait?sessions=1&timeout=12s')
    if (!seen) fail('no session listens')
    await sim.person('say', { ...ann, text: `@petrel ${words}` })
    const message = await heard.message.next('the message')
    equal(message.content, `<@${bot}> ${words}`, 'the message')
  }
  const codes = async (code) => (await sim.ledger((line) => line.kind === 'session' && line.code === code)).length
  await report.check('discord.js resumes after op 7 and misses nothing', async () => {
    const before = await codes('resumed')
    await sim.order('gateway/reconnect')
    await heard.resumed.next('RESUMED')
    await works('after op 7')
    equal(await codes('resumed'), before + 1, 'how often it resumed')
  })
  await report.check('discord.js resumes when its connection is cut and hears what was said meanwhile', async () => {
    await sim.order('gateway/drop')
    await sim.person('say', { ...ann, text: '@petrel while it was away' })
    await heard.resumed.next('RESUMED')
    equal((await heard.message.next('the message')).content, `<@${bot}> while it was away`, 'the message')
  })
  await report.check('discord.js identifies anew after op 9', async () => {
    const before = await codes('identified')
    await sim.order('gateway/invalid')
    await heard.shardReady.next('READY')
    await works('after op 9')
    equal(await codes('identified'), before + 1, 'how often it identified')
  })
}
