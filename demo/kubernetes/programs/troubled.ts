/** Workloads that scenarios act on: leaks, crashes, batch work, swinging load, many lines. */
import { between, hash, pick } from '../../random.ts'
import { every, type Program, type ProgramMaker, type Surroundings, waving } from './program.ts'

const mebibyte = 1024 * 1024

/** Climbs to its limit in about twenty seconds while `oom-killed` is on. */
function imageResizer(around: Surroundings): Program {
  const phase = (hash(around.pod.metadata.uid) % 628) / 100
  let leaked_bytes = 0
  const work = every(2500, around.random, () => {
    const width = pick(around.random, [320, 640, 1280])
    const file = `products/${between(around.random, 1000, 9999)}.jpg`
    const took_ms = between(around.random, 20, 400)
    around.log(JSON.stringify({ level: 'info', msg: 'resized', file, width, took_ms }))
  })
  return {
    memory_bytes: (now_ms) => waving(70 * mebibyte, 0.1, phase)(now_ms) + leaked_bytes,
    cpu_cores: (now_ms) => {
      if (!around.trouble('hpa-flapping')) return waving(0.11, 0.2, phase)(now_ms)
      return Math.floor(now_ms / 30_000) % 2 === 0 ? 0.39 : 0.03
    },
    network: waving(60_000, 0.6, phase),
    ready_after_ms: 800,
    tick(now_ms, passed_ms) {
      work(now_ms, passed_ms)
      if (around.trouble('oom-killed')) leaked_bytes += (passed_ms / 1000) * 12 * mebibyte
      else leaked_bytes = Math.max(0, leaked_bytes - passed_ms * 4096)
    },
    stop: () => around.log('received SIGTERM, finishing 2 jobs'),
  }
}

const trace = [
  'Exception in thread "main" java.lang.IllegalStateException: no ledger at ledger-db.data:5432',
  '\tat com.example.ledger.Sync.open(Sync.java:84)',
  '\tat com.example.ledger.Main.main(Main.java:27)',
  'Caused by: java.net.ConnectException: Connection refused',
  '\tat java.base/sun.nio.ch.Net.connect0(Native Method)',
  '\tat java.base/java.net.Socket.connect(Socket.java:751)',
  '\t... 3 more',
].join('\n')

/** A Java program that ends with a stack trace while `crash-loop` is on. */
function ledgerSync(around: Surroundings): Program {
  const begun_ms = around.started_ms
  let line = 0
  const work = every(6000, around.random, (now_ms) => {
    const time = new Date(now_ms).toISOString()
    around.log(
      `${time} INFO  [sync-1] ledger.Sync - synced ${between(around.random, 3, 90)} entries`,
    )
  })
  return {
    memory_bytes: waving(180 * mebibyte, 0.08, 1),
    cpu_cores: waving(0.03, 0.4, 1),
    ready_after_ms: 1200,
    tick(now_ms, passed_ms) {
      if (line++ === 0) around.log('Starting ledger-sync 1.8.2 on openjdk 21.0.8')
      work(now_ms, passed_ms)
      if (around.trouble('crash-loop') && now_ms - begun_ms > 1500) {
        around.log(trace, 'stderr')
        around.exit(1)
      }
    },
    stop: () => around.log('Shutting down'),
  }
}

const traceback = [
  'Traceback (most recent call last):',
  '  File "/app/cleanup.py", line 41, in <module>',
  '    main()',
  '  File "/app/cleanup.py", line 29, in main',
  '    cursor.execute("DELETE FROM orders WHERE expired")',
  'psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout',
].join('\n')

/** Batch work of some seconds; its last line tells how it went. */
function cleanup(around: Surroundings): Program {
  const length_ms = between(around.random, 2500, 6000)
  let step = 0
  return {
    memory_bytes: () => 45 * mebibyte,
    cpu_cores: () => 0.2,
    tick(now_ms) {
      const { name } = around.pod.metadata
      const passed_ms = now_ms - around.started_ms
      if (step === 0) around.log(`INFO cleanup of ${name} begins`)
      else if (passed_ms < length_ms) {
        if (step % 4 === 0)
          around.log(`INFO ${between(around.random, 10, 400)} expired orders deleted`)
      } else if (around.trouble('cronjob-failures')) {
        around.log(`ERROR cleanup of ${name} failed\n${traceback}`, 'stderr')
        around.exit(1)
      } else {
        around.log(`INFO cleanup of ${name} is done: last line`)
        around.exit(0)
      }
      step++
    },
  }
}

/** `short-task`: says a few lines and is gone. */
function shortTask(around: Surroundings): Program {
  const length_ms = between(around.random, 1000, 4000)
  let lines = 0
  return {
    memory_bytes: () => 8 * mebibyte,
    cpu_cores: () => 0.05,
    tick(now_ms) {
      const { name } = around.pod.metadata
      if (lines++ < 3) around.log(`task ${name} step ${lines}`)
      if (now_ms - around.started_ms < length_ms) return
      around.log(`task ${name} is done: last line`)
      around.exit(0)
    },
  }
}

/** Numbered lines at a rate (`--lines-per-second=500`, `--line-bytes=120`): for counting losses. */
function logGenerator(around: Surroundings): Program {
  const flag = (name: string, usual: number) => {
    const text = around.args.find((arg) => arg.startsWith(`--${name}=`))
    return text === undefined ? usual : Number(text.slice(name.length + 3))
  }
  const rate = flag('lines-per-second', 10)
  const padding = 'x'.repeat(Math.max(0, flag('line-bytes', 120) - 60))
  const lines_max = flag('lines-max', Number.POSITIVE_INFINITY)
  let due = 0
  let number = 0
  return {
    memory_bytes: () => 20 * mebibyte,
    cpu_cores: () => 0.1,
    tick(_, passed_ms) {
      due = Math.min(due + (rate * passed_ms) / 1000, lines_max - number)
      for (; due >= 1; due--) {
        around.log(
          `${around.pod.metadata.name} restart=${around.restart} seq=${number++} ${padding}`,
        )
      }
    },
    stop: () => around.log(`${around.pod.metadata.name} seq=end lines=${number}`),
  }
}

/** A web shop's wrapping desk: its version 2.0.0 never becomes ready. */
function giftWrap(around: Surroundings): Program {
  const isBad = around.image.endsWith(':2.0.0')
  const work = every(5000, around.random, (now_ms) => {
    const time = new Date(now_ms).toISOString()
    if (isBad) around.log(`${time} ERROR [gift-wrap] migration 0042 is missing: not ready`)
    else
      around.log(
        `${time} INFO  [gift-wrap] wrapped order in ${pick(around.random, ['red', 'blue'])}`,
      )
  })
  return {
    memory_bytes: waving(40 * mebibyte, 0.1, 2),
    cpu_cores: waving(0.02, 0.4, 2),
    ready_after_ms: 700,
    isReady: () => !isBad,
    tick: work,
    stop: () => around.log('bye'),
  }
}

const programs: Record<string, (around: Surroundings) => Program> = {
  'image-resizer': imageResizer,
  'ledger-sync': ledgerSync,
  'order-cleanup': cleanup,
  'short-task': shortTask,
  'log-generator': logGenerator,
  'gift-wrap': giftWrap,
}

/** By the last word of the image's name. */
export const troubledProgram: ProgramMaker = (around) => {
  const [, name = ''] = /([^/:]+)(?::[^/]*)?$/.exec(around.image) ?? []
  return programs[name]?.(around)
}

/** What nobody knows sleeps. */
export const sleepingProgram: ProgramMaker = () => ({
  memory_bytes: () => 4 * mebibyte,
  cpu_cores: () => 0.001,
})
