/** The formats, the zone and the locale of a processor that reads dates. */
import { type DateReader, dateReader, type Moment } from './date-reader.ts'
import { utc, type Zone, zoneOf } from './date-zone.ts'
import type { IngestRun } from './ingest-run.ts'
import type { ProcessorOptions } from './options.ts'
import { ProcessorFailure } from './pipeline-refused.ts'

/** Reads the option of the formats, `timezone` and `locale`. The first format that fits counts. */
export function compileDates(
  options: ProcessorOptions,
  formatsName: string,
): (text: string, run: IngestRun) => Moment | undefined {
  const formats = options.strings(formatsName)
  const locale = options.template('locale', 'en')
  const timezone = options.template('timezone', 'UTC')
  const readersIn = (name: string): DateReader[] => formats.map((one) => dateReader(one, name))
  // With a locale that a field names, the formats are checked here all the same.
  const fixed = options.reading(formatsName, () =>
    readersIn(locale.isConstant ? localeName(locale.render(noRun)) : 'en'),
  )
  let fixedZone: Zone | undefined
  if (timezone.isConstant) {
    const id = timezone.render(noRun)
    fixedZone =
      id === 'UTC' ? utc : (zoneOf(id) ?? options.refuse('timezone', `Unknown time-zone ID: ${id}`))
  }
  const byLocale = new Map<string, DateReader[]>()
  return (text, run) => {
    const zone = fixedZone ?? zoneNamed(timezone.render(run))
    let readers = fixed
    if (!locale.isConstant) {
      const name = localeName(locale.render(run))
      readers = byLocale.get(name) ?? readersIn(name)
      if (byLocale.size < 32) byLocale.set(name, readers)
    }
    for (let i = 0; i < readers.length; i++) {
      const found = readers[i]!(text, zone, run.environment.now_ms())
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** Constant templates ask nothing of the run. */
const noRun = undefined as unknown as IngestRun

function localeName(text: string): string {
  return text === '' || /^english$/i.test(text) ? 'en' : text
}

function zoneNamed(id: string): Zone {
  const zone = id === '' ? utc : zoneOf(id)
  if (zone === undefined) throw new ProcessorFailure(`Unknown time-zone ID: ${id}`)
  return zone
}
