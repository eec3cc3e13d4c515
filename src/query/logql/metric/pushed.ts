/**
 * A range's stages as SQL, where the engine does exactly what JavaScript does: filters on lines and
 * labels, fields of JSON, unwrapped numbers. Rows that it cannot be sure of are counted; when there
 * are any, JavaScript answers.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { LabelFilter, Stage, StageOf } from '../ast.ts'
import { errorLabel } from '../names.ts'
import { type FilterSql, filterCondition, selectorCondition } from '../store/filter-sql.ts'
import { columnLabels, streamAttributes } from '../store/label-model.ts'
import { type LabelSources, labelValue } from '../store/label-sql.ts'
import { isExactLine, lineCondition } from '../store/line-sql.ts'
import { learnTemplates, templatesKept } from '../store/line-templates.ts'
import { linesTable } from '../store/lines-table.ts'
import { labelsToFind, rangeOf, sourcesOf } from '../store/read-lines.ts'
import { namesInFilter, namesInLog } from '../store/referenced.ts'
import {
  canBeJsonField,
  isFieldAlone,
  type JsonFields,
  jsonColumns,
  jsonErrorOf,
  jsonFieldUnsure,
  jsonUnsureOf,
  jsonValueOf,
  ownKeysOf,
} from './json-sql.ts'
import { type Assumption, mayAssume } from './own-fields.ts'
import type { RangePlan } from './range-plan.ts'
import { unwrapped } from './unwrap-sql.ts'

export type Pushed = {
  /** Labels by which is grouped, and their values. */
  labels: readonly string[]
  values: readonly Sql[]
  /** What a line adds: 1, its length, or the number that was unwrapped. */
  sample: Sql
  /** The rows of which to count. */
  from: Sql
  where: Sql
  unsure: Sql
  /** The answer is right only if this holds. */
  assumption?: Assumption | undefined
  /** Lines that fail the query when there are any. */
  errors: readonly { name: string; condition: Sql }[]
}

/** What becomes of lines that could not be parsed. */
type Errors = 'told' | 'left out' | 'forgotten'

type LabelUse = 'text' | 'number' | 'compared'

class Pushing {
  readonly selectors: Sql[] = []
  readonly lines: StageOf<'line'>[] = []
  readonly after: Sql[] = []
  readonly unsure: Sql[] = []
  readonly errors: { name: string; condition: Sql }[] = []
  parserErrors: Errors = 'told'
  isParsed = false
  readonly #sources: LabelSources
  readonly #json: JsonFields
  readonly #filters: (FilterSql & { names: string[] })[] = []
  readonly #named: ReadonlySet<string>
  readonly plan: RangePlan
  readonly context: QueryContext

  constructor(
    plan: RangePlan,
    sources: LabelSources,
    isWithoutAttributes: boolean,
    context: QueryContext,
  ) {
    this.plan = plan
    this.context = context
    this.#sources = sources
    this.#json = { uses: new Map(), sources: { ...sources, isWithoutAttributes } }
    this.#named = new Set(plan.expr.log.matchers.map(({ name }) => name))
    this.selectors.push(selectorCondition(plan.expr.log.matchers, sources))
  }

  /** Whether the engine can tell the label behind the parser. */
  knows(name: string): boolean {
    if (!this.isParsed) return true
    // A label that the selector names is the stream's: what is parsed then has another name.
    const isOfStream = this.#named.has(name) && !columnLabels.some(([label]) => label === name)
    return canBeJsonField(name) && !isOfStream
  }

  value(name: string, use: LabelUse): Sql {
    if (!this.isParsed) return labelValue(name, this.#sources)
    const before = this.#json.uses.get(name)
    this.#json.uses.set(name, {
      isText: use === 'text' || before?.isText === true,
      isCompared: use === 'compared' || before?.isCompared === true,
    })
    return jsonValueOf(name, this.#json)
  }

  filter(filter: LabelFilter): boolean {
    if (!namesInFilter(filter).every((name) => this.knows(name))) return false
    const pushed = filterCondition(filter, (name, kind) =>
      this.value(name, kind === 'number' ? 'compared' : 'text'),
    )
    if (pushed === undefined) return false
    this.after.push(pushed.condition)
    this.unsure.push(...pushed.unsure)
    if (this.isParsed) this.#filters.push({ ...pushed, names: namesInFilter(filter) })
    return true
  }

  stage(stage: Stage): boolean {
    switch (stage.kind) {
      case 'json':
        this.isParsed = true
        return true
      case 'line': {
        const isKnown = isExactLine(stage) && lineCondition(stage) !== undefined
        // Lines are the same before and behind the parser.
        if (isKnown) this.lines.push(stage)
        return isKnown
      }
      case 'filter':
        if (!isNoError(stage.filter)) return this.filter(stage.filter)
        if (this.isParsed && this.parserErrors === 'told') this.parserErrors = 'left out'
        return true
      case 'drop':
        return this.#drop(stage.labels.map(({ name, operator }) => [name, operator]))
      default:
        return false
    }
  }

  /** Other labels would have to be told apart from those that were not dropped. */
  #drop(labels: readonly (readonly [string, string | undefined])[]): boolean {
    const isError = labels.every(
      ([name, operator]) => operator === undefined && /^__error(_details)?__$/.test(name),
    )
    const isGone = labels.some(([name]) => name === errorLabel)
    if (isGone && this.isParsed && this.parserErrors === 'told') this.parserErrors = 'forgotten'
    return isError
  }

  done(labels: readonly string[], values: readonly Sql[], sample: Sql): Pushed {
    const json = this.isParsed ? this.#json : undefined
    if (json !== undefined) this.#parsed(json)
    const unsure =
      this.unsure.length === 0 ? sql`false` : sql`(${sql.join(this.unsure, sql` OR `)})`
    const told = { labels, values, sample, unsure, errors: this.errors }
    const lines = this.lines.map((stage) => lineCondition(stage)!)
    const { plan, context } = this
    if (json !== undefined) {
      const chosen = { selectors: this.selectors, lines, kept: [] }
      const rows = linesTable(jsonColumns(json), chosen, plan.span, context)
      // Named, so that it is computed once.
      const isUnsure = sql`is_unsure`
      return {
        ...{ ...told, unsure: isUnsure, assumption: this.assumption() },
        from: sql`(SELECT *, ${unsure} AS ${isUnsure} FROM ${rows} WHERE ${this.#mayBeKept()})`,
        where: sql`(${isUnsure} OR ${sql.all(this.after)})`,
      }
    }
    const kept = sql`(${unsure} OR ${sql.all(this.after)})`
    // Filters on labels are tested where indexes serve them.
    const selectors = this.after.length === 0 ? this.selectors : [...this.selectors, kept]
    // Lengths of lines are read in any case.
    const isCounted = !plan.expr.operation.startsWith('bytes')
    const templates = isCounted ? templatesKept(this.lines, context.store) : []
    const chosen = { selectors, lines, kept: templates }
    return { ...told, from: linesTable(sql`*`, chosen, plan.span, context), where: sql`true` }
  }

  /** Undefined where attributes are read in any case. */
  assumption(): Assumption | undefined {
    if (this.#json.sources.isWithoutAttributes !== true) return undefined
    const keys = ownKeysOf(this.#json)
    return keys.length === 0 ? undefined : { keys, selectors: this.selectors }
  }

  /** Rows that a filter surely leaves out need no other look. */
  #mayBeKept(): Sql {
    const isOdd = jsonUnsureOf(this.#json, this.parserErrors === 'left out')
    return sql.all(
      this.#filters.map(({ condition, unsure, names }) => {
        const fields = names.map((name) => jsonFieldUnsure(name, this.#json.uses.get(name)!))
        return sql`(${sql.join([condition, ...unsure, ...fields, isOdd], sql` OR `)})`
      }),
    )
  }

  #parsed(json: JsonFields): void {
    for (const [name, use] of json.uses) this.unsure.push(jsonFieldUnsure(name, use))
    this.unsure.push(jsonUnsureOf(json, this.parserErrors === 'left out'))
    const { unwrap } = this.plan.expr
    // A field that was found and unwrapped is of a line that could be parsed.
    if (unwrap !== undefined && isFieldAlone(unwrap.label, json)) return
    const condition = jsonErrorOf(json)
    if (this.parserErrors === 'told') this.errors.push({ name: 'JSONParserErr', condition })
    else if (this.parserErrors === 'left out') this.after.push(sql`NOT ${condition}`)
  }
}

/** Undefined when a stage must be done in JavaScript. */
export async function compilePushed(
  plan: RangePlan,
  context: QueryContext,
  /** False where the answer's assumption did not hold. */
  isAssumed = true,
): Promise<Pushed | undefined> {
  const { expr, span, group } = plan
  const { log, unwrap } = expr
  if (!areParsersPlain(log.stages)) return undefined
  const unwrapNames =
    unwrap === undefined ? [] : [unwrap.label, ...unwrap.filters.flatMap(namesInFilter)]
  const found = labelsToFind(log, [...unwrapNames, ...(group?.labels ?? [])])
  const sources = await sourcesOf(found, span, context)
  if (sources === undefined) return undefined
  const isJson = log.stages.some(({ kind }) => kind === 'json')
  const hasLines = log.stages.some(({ kind }) => kind === 'line')
  if (hasLines && !isJson) await learnTemplates(rangeOf(span), context)
  const pushed = pushedOf(plan, sources, isJson && isAssumed, context)
  const { assumption } = pushed ?? {}
  if (assumption === undefined || mayAssume(assumption, context)) return pushed
  return pushedOf(plan, sources, false, context)
}

function pushedOf(
  plan: RangePlan,
  sources: LabelSources,
  isWithoutAttributes: boolean,
  context: QueryContext,
): Pushed | undefined {
  const { log } = plan.expr
  const pushing = new Pushing(plan, sources, isWithoutAttributes, context)
  if (!log.stages.every((stage) => pushing.stage(stage))) return undefined
  const labels = groupLabels(plan, sources, pushing.isParsed)
  if (labels === undefined || !labels.every((name) => pushing.knows(name))) return undefined
  const sample = sampleOf(plan, pushing)
  if (sample === undefined) return undefined
  return pushing.done(
    labels,
    labels.map((name) => pushing.value(name, 'text')),
    sample,
  )
}

function areParsersPlain(stages: readonly Stage[]): boolean {
  const parsers = stages.filter(({ kind }) => kind === 'json')
  return (
    parsers.length < 2 && parsers.every((one) => one.kind === 'json' && one.extract.length === 0)
  )
}

function isNoError(filter: LabelFilter): boolean {
  if (filter.kind !== 'text') return false
  const { name, operator, value } = filter
  return name === errorLabel && operator === '=' && value === ''
}

function sampleOf({ expr }: RangePlan, pushing: Pushing): Sql | undefined {
  const { operation, unwrap } = expr
  if (unwrap === undefined) {
    return operation.startsWith('bytes') ? sql`toFloat64(length(body))` : sql`toFloat64(1)`
  }
  if (!pushing.knows(unwrap.label)) return undefined
  const text = pushing.value(unwrap.label, 'number')
  pushing.after.push(sql`${text} != ''`)
  const filters = unwrap.filters.filter((filter) => !isNoError(filter))
  const isLeftOut = filters.length < unwrap.filters.length
  if (!filters.every((filter) => pushing.filter(filter))) return undefined
  const { value, unsure, isInvalid } = unwrapped(unwrap.conversion, text)
  pushing.unsure.push(unsure)
  if (isLeftOut) {
    pushing.after.push(sql`NOT ${isInvalid}`)
    if (pushing.parserErrors === 'told') pushing.parserErrors = 'left out'
  } else pushing.errors.push({ name: 'SampleExtractionErr', condition: isInvalid })
  return value
}

/** Undefined: only JavaScript knows all labels that a parser makes. */
function groupLabels(
  { expr, group }: RangePlan,
  { names }: LabelSources,
  isParsed: boolean,
): string[] | undefined {
  if (group !== undefined && !group.isWithout) {
    const isOwn = group.labels.some((name) => name.startsWith('__'))
    return isOwn ? undefined : [...new Set(group.labels)]
  }
  if (isParsed) return undefined
  const left = new Set(group?.labels ?? [])
  if (expr.unwrap !== undefined) left.add(expr.unwrap.label)
  const all = [
    ...columnLabels.map(([label]) => label),
    ...streamAttributes.filter((name) => names.record.has(name)),
    ...namesInLog(expr.log),
    'detected_level',
  ]
  return [...new Set(all)].filter((name) => !left.has(name))
}
