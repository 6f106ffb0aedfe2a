// A report is what make peers prints: one line per check, in plain words, and whether all of them passed.

/** patience is how long a check waits for something to happen before it fails. */
export const patience = 15_000

export class Report {
  failed = 0
  passed = 0

  /** broke says that a judge ended before its last check. */
  broke(name, error) {
    this.failed++
    console.log(`FAIL  the judge ${name} did not run to its end: ${error.stack}`)
  }

  /** check runs one check under its words. Later checks run even where it fails, so that one run tells all. */
  async check(words, run) {
    try {
      await within(run(), patience, 'it did not end in time')
      this.passed++
      console.log(`ok    ${words}`)
    } catch (error) {
      this.failed++
      console.log(`FAIL  ${words}: ${error.message}`)
    }
  }
}

/** fail ends a check. */
export function fail(reason) {
  throw new Error(reason)
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
    timer = setTimeout(() => reject(new Error(reason)), time)
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
    return within(new Promise((resolve) => this.#waiting.push(resolve)), patience, `${what} did not arrive`)
  }
}
