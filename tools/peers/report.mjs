// A report is what make peers prints: one line per check, in plain words, and whether all of them passed.

/** patience is how long a check may take; within it, one thing has to happen in less, so that a check can say which did not. */
export const patience = 20_000
const eachWithin = 12_000

export class Report {
  failed = 0
  passed = 0

  /** broke says that a judge ended before its last check. */
  broke(name, error) {
    this.failed++
    console.log(`FAIL  the judge ${name} did not run to its end: ${error.stack}`)
  }

  /** check runs one check under its words. Later checks run even where it fails, so that one run tells all. It returns whether this one passed. */
  async check(words, run, time = patience) {
    try {
      await within(run(), time, 'it did not end in time')
      this.passed++
      console.log(`ok    ${words}`)
      return true
    } catch (error) {
      this.failed++
      console.log(`FAIL  ${words}: ${told(error)}`)
      return false
    }
  }
}

/** Failure is what a check found wrong. Any other error is a surprise. */
class Failure extends Error {}

/** fail ends a check. */
export function fail(reason) {
  throw new Failure(reason)
}

/** told is an error in words, of a surprise with the place where it came from. */
function told(error) {
  if (error instanceof Failure) return error.message
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trim().startsWith('at '))
  return `${error.message} ${frames.slice(0, 3).map((line) => line.trim()).join(' ')}`
}

/** silent fails where there are complaints, and tells the first ones. */
export function silent(complaints) {
  if (complaints.length > 0) fail(`${complaints.length} times, at first ${complaints.slice(0, 3).join('; ').slice(0, 1000)}`)
}

/** equal fails unless both are the same as JSON, whose order of keys is told apart. */
export function equal(got, want, what) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)]
  if (a !== b) fail(`${what} is ${a}, and ${b} was wanted`)
}

/** within fails when the promise takes longer. */
export function within(promise, time, reason) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure(reason)), time)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Calls hands what a listener was called with to the check that waits for it. */
export class Calls {
  #had = []
  #waiting = []

  add(call) {
    const next = this.#waiting.shift()
    if (next) next(call)
    else this.#had.push(call)
  }

  /** next returns the oldest call that nobody took yet, and waits for one where there is none. */
  next(what) {
    if (this.#had.length > 0) return Promise.resolve(this.#had.shift())
    let waiting
    const call = new Promise((resolve) => this.#waiting.push((waiting = resolve)))
    return within(call, eachWithin, `${what} did not arrive`).catch((error) => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting) // the next call is for the next check
      throw error
    })
  }
}
