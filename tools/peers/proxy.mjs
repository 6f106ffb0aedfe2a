// A proxy between the bot and a copy of a platform: it keeps what was called, and bridges what the copy lacks.
import { createServer } from 'node:http'

/** serve answers requests on a port of its own until it is closed. */
export async function serve(answer) {
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

/** bytes reads a body. */
export async function bytes(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

/**
 * proxy passes requests on to target and keeps them. change may change a request, or return the answer to it; refusal returns why an answer
 * is a refusal, if it is. Addresses of the target in answers become those of the proxy.
 */
export async function proxy(target, { change = () => undefined, refusal }) {
  const [seen, looks, refused] = [[], [], []]
  const server = await serve(async (request, response) => {
    const body = await bytes(request)
    const call = { method: request.method, path: request.url, headers: { ...request.headers }, body }
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']) delete call.headers[name]
    const instead = change(call)
    const answered = instead ? Response.json(instead) : await fetch(target + call.path, { ...call, body: call.body.length > 0 ? call.body : undefined })
    const said = (await answered.text()).replaceAll(target, server.url)
    response.writeHead(answered.status, said ? { 'content-type': answered.headers.get('content-type') ?? 'text/plain' } : {})
    response.end(said)
    Object.assign(call, { path: request.url, status: answered.status, answer: parsed(said), taken: false })
    const why = refusal(call)
    if (why) refused.push(`${call.method} ${call.path} ${why}`)
    seen.push(call)
    for (const look of [...looks]) look()
  })
  /** called waits for a call that no check has taken, and that fits. */
  const called = (fits) => new Promise((resolve) => {
    const look = () => {
      const call = seen.find((one) => !one.taken && !refusal(one) && fits(one))
      if (!call) return
      call.taken = true
      looks.splice(looks.indexOf(look), 1)
      resolve(call)
    }
    looks.push(look)
    look()
  })
  return { ...server, called, refused }
}

function parsed(said) {
  try {
    return JSON.parse(said)
  } catch {
    return undefined
  }
}
