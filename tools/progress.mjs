/** Shows that something long is going on: a line that counts the seconds, or two plain lines. */

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frame_ms = 100

/**
 * Runs the work under a title. What it throws is thrown on, after the line has ended.
 *
 * @template Result
 * @param {string} title
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function during(title, work) {
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  const out = process.stderr
  let turn = 0
  const draw = () => out.write(`\r${frames[turn++ % frames.length]} ${title} … ${seconds()} s `)
  const timer = out.isTTY ? setInterval(draw, frame_ms) : undefined
  if (!out.isTTY) out.write(`${title} …\n`)
  let mark = '✗'
  try {
    const result = await work()
    mark = '✓'
    return result
  } finally {
    clearInterval(timer)
    out.write(`${out.isTTY ? '\r\x1b[K' : ''}${mark} ${title} … ${seconds()} s\n`)
  }
}
