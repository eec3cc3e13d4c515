/** Units as OpenMetrics names them, in the words of UCUM that OpenTelemetry uses. */

const ucum: ReadonlyMap<string, string> = new Map([
  ['seconds', 's'],
  ['bytes', 'By'],
  ['ratio', '1'],
  ['ratios', '1'],
  ['percent', '%'],
  ['celsius', 'Cel'],
  ['meters', 'm'],
  ['grams', 'g'],
  ['joules', 'J'],
  ['volts', 'V'],
  ['amperes', 'A'],
  ['hertz', 'Hz'],
])

/** A unit that is not in the list is kept as it was sent. */
export function ucumUnit(unit: string): string {
  return ucum.get(unit) ?? unit
}
