// Petrel's own programs as children of the judges: its simulators and the bot itself.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { fail, within, patience } from './report.mjs'

const root = new URL('../../', import.meta.url).pathname
const binary = join(root, 'bin/petrel')

/** start runs petrel with the arguments and waits for the line on the stream that begins with words. It returns the line's rest. */
export async function start(args, { stream = 'stdout', words, env = {} }) {
  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const said = []
  const found = new Promise((resolve, reject) => {
    for (const name of ['stdout', 'stderr']) {
      createInterface({ input: child[name] }).on('line', (line) => {
        said.push(line)
        const at = line.indexOf(words)
        if (name === stream && at >= 0) resolve(line.slice(at + words.length))
      })
    }
    ended.then(() => reject(new Error(`petrel ${args.join(' ')} ended: ${said.join('\n')}`)))
  })
  const stop = async () => {
    child.stdin.end()
    child.kill('SIGINT')
    await ended
  }
  try {
    return { rest: await within(found, patience, `petrel ${args.join(' ')} did not start: ${said.join('\n')}`), said, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** run runs petrel with the arguments to its end and returns what it prints. */
export async function run(args) {
  return (await promisify(execFile)(binary, args)).stdout
}

/** goTest runs the tests of a package of ours with flags. */
export async function goTest(name, ...flags) {
  try {
    await promisify(execFile)('go', ['test', '-count=1', name, ...flags], { cwd: root, maxBuffer: 64 << 20 })
  } catch (error) {
    fail(`${error.stdout}${error.stderr}`.slice(-2000))
  }
}

/** folder makes a folder that remove takes away. */
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'petrel-peers-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** startSim runs the simulator with the name. Its control API stands in the package comment of internal/sim/<name>. */
export async function startSim(name, ...flags) {
  const data = await folder()
  const file = join(data.path, 'ledger.jsonl')
  const sim = await start(['sim', name, '--listen', '127.0.0.1:0', '--with-parent', '--ledger', file, ...flags], { words: 'listening on ' })
  const control = async (method, path, body) => {
    const answer = await fetch(`${sim.rest}_sim/${path}`, { method, body: body && JSON.stringify(body) })
    const said = await answer.json()
    if (!answer.ok) fail(`the simulator refuses ${path}: ${said.error}`)
    return said
  }
  return {
    url: sim.rest,
    /** person does something as a person does it: say, slash, press and the like. */
    person: (what, body) => control('POST', what, body),
    order: (what) => control('POST', what),
    look: (path) => control('GET', path),
    /** sees fails unless somebody can read the text soon. */
    async sees(text) {
      const { seen } = await control('GET', `wait?timeout=10s&text=${encodeURIComponent(text)}`)
      if (!seen) fail(`nobody can read ${JSON.stringify(text)}`)
    },
    /** ledger returns the lines that fit. */
    async ledger(fits) {
      const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
      return lines.map((line) => JSON.parse(line)).filter(fits)
    },
    async stop() {
      await sim.stop()
      await data.remove()
    },
  }
}

/** freePort returns a port on which nobody listens, for what has to know the address of another before that has one. */
export async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
