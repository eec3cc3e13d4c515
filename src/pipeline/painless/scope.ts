/**
 * What compiled code is made of, and which names it sees: slots of a frame, functions, the
 * source.
 */
import type { Meter } from './meter.ts'
import { compilePattern } from './pattern.ts'
import { PainlessError } from './problem.ts'
import type { FunctionTree } from './tree.ts'
import type { PatternValue, Value, ValueMap } from './values.ts'

const patterns_max = 60

/** One run of the script or of a function of it. */
export class Frame {
  readonly slots: Value[]
  readonly meter: Meter
  readonly ctx: ValueMap
  readonly params: ValueMap
  result: Value = null
  constructor(slots: Value[], meter: Meter, ctx: ValueMap, params: ValueMap) {
    this.slots = slots
    this.meter = meter
    this.ctx = ctx
    this.params = params
  }
}

export type Run = (frame: Frame) => Value
/** `type` is what is known before the run; `def` where nothing is. */
export type Code = { run: Run; type: string; constant?: Value }
/** 0 goes on, 1 breaks, 2 continues, 3 returns what the frame holds. */
export type Act = (frame: Frame) => 0 | 1 | 2 | 3

export type Local = { slot: number; type: string; level: number }

/** One body with slots of its own: the script, or a function. */
export type Home = {
  source: string
  slots: number
  /** How many patterns the whole script has, in its functions too. */
  patterns: { count: number }
  functions: Map<string, { tree: FunctionTree; call: (frame: Frame, args: Value[]) => Value }>
}

export class Scope {
  readonly home: Home
  /** How many lambdas are around. */
  readonly level: number
  readonly inLoop: boolean
  private readonly parent: Scope | undefined
  private readonly names = new Map<string, Local>()

  constructor(home: Home, parent?: Scope, more: { lambda?: boolean; loop?: boolean } = {}) {
    this.home = home
    this.parent = parent
    this.level = (parent?.level ?? 0) + (more.lambda === true ? 1 : 0)
    this.inLoop = more.loop ?? (more.lambda === true ? false : (parent?.inLoop ?? false))
  }

  inner(more: { lambda?: boolean; loop?: boolean } = {}): Scope {
    return new Scope(this.home, this, more)
  }

  find(name: string): Local | undefined {
    return this.names.get(name) ?? this.parent?.find(name)
  }

  declare(name: string, type: string, at: number): Local {
    if (name === 'ctx' || name === 'params' || this.find(name) !== undefined) {
      this.refuse(at, `the variable [${name}] is already defined`)
    }
    const local = { slot: this.home.slots, type, level: this.level }
    this.home.slots += 1
    this.names.set(name, local)
    return local
  }

  /** Many patterns take long to compile: the bound keeps it to about a second. */
  pattern(source: string, flags: string, at: number): PatternValue {
    this.home.patterns.count += 1
    if (this.home.patterns.count > patterns_max) {
      this.refuse(at, `a script has at most ${patterns_max} patterns`)
    }
    try {
      return compilePattern(source, flags)
    } catch (error) {
      return this.refuse(at, `the pattern cannot be used: ${(error as Error).message}`)
    }
  }

  refuse(at: number, message: string): never {
    throw new PainlessError(this.home.source, at, message)
  }
}
