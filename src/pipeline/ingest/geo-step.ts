/**
 * What geoip and ip_location share: which properties a record of a MaxMind database gives. Leaves
 * opening databases to the environment.
 */
import { type DocumentMap, type DocumentValue, toDocument } from '../document.ts'
import { fieldPath, type IngestRun, notOf } from './ingest-run.ts'
import { isAddress } from './ip-address.ts'
import type { ProcessorOptions } from './options.ts'
import { ProcessorFailure } from './pipeline-refused.ts'
import type { Step } from './processor.ts'

type Property = (record: DocumentMap, address: string) => DocumentValue | undefined

const at =
  (...keys: string[]): Property =>
  (record) => {
    let value: DocumentValue | undefined = record
    for (const key of keys) {
      if (Array.isArray(value)) value = value[Number(key)]
      else value = value instanceof Map ? value.get(key) : undefined
    }
    return value
  }

const region: Property = (record, address) => {
  const country = at('country', 'iso_code')(record, address)
  const code = at('subdivisions', '0', 'iso_code')(record, address)
  return country === undefined || code === undefined ? undefined : `${country}-${code}`
}

const location: Property = (record, address) => {
  const lat = at('location', 'latitude')(record, address)
  const lon = at('location', 'longitude')(record, address)
  return lat === undefined || lon === undefined
    ? undefined
    : new Map([
        ['lat', lat],
        ['lon', lon],
      ])
}

/** Every property by its name; which of them a record has depends on its database. */
const properties = new Map<string, Property>([
  ['ip', (_, address) => address],
  ['continent_code', at('continent', 'code')],
  ['continent_name', at('continent', 'names', 'en')],
  ['country_in_european_union', at('country', 'is_in_european_union')],
  ['country_iso_code', at('country', 'iso_code')],
  ['country_name', at('country', 'names', 'en')],
  ['country_confidence', at('country', 'confidence')],
  ['region_iso_code', region],
  ['region_name', at('subdivisions', '0', 'names', 'en')],
  ['city_name', at('city', 'names', 'en')],
  ['city_confidence', at('city', 'confidence')],
  ['postal_code', at('postal', 'code')],
  ['postal_confidence', at('postal', 'confidence')],
  ['timezone', at('location', 'time_zone')],
  ['location', location],
  ['accuracy_radius', at('location', 'accuracy_radius')],
  ['registered_country_in_european_union', at('registered_country', 'is_in_european_union')],
  ['registered_country_iso_code', at('registered_country', 'iso_code')],
  ['registered_country_name', at('registered_country', 'names', 'en')],
  ['asn', at('autonomous_system_number')],
  ['organization_name', at('autonomous_system_organization')],
  ['network', at('network')],
  ['isp', at('isp')],
  ['isp_organization_name', at('organization')],
  ['mobile_country_code', at('mobile_country_code')],
  ['mobile_network_code', at('mobile_network_code')],
  ['domain', at('domain')],
  ['connection_type', at('connection_type')],
  ['user_type', at('traits', 'user_type')],
  ['anonymous', at('is_anonymous')],
  ['anonymous_vpn', at('is_anonymous_vpn')],
  ['hosting_provider', at('is_hosting_provider')],
  ['public_proxy', at('is_public_proxy')],
  ['residential_proxy', at('is_residential_proxy')],
  ['tor_exit_node', at('is_tor_exit_node')],
])

const cityDefaults = [
  ...['continent_name', 'country_name', 'country_iso_code', 'region_iso_code', 'region_name'],
  ...['city_name', 'location'],
]

function defaultsOf(database: string): readonly string[] {
  const isOf = (word: string) => database.toLowerCase().includes(word)
  if (isOf('asn')) return ['ip', 'asn', 'organization_name', 'network']
  if (isOf('country')) return ['continent_name', 'country_name', 'country_iso_code']
  if (isOf('anonymous')) {
    return ['hosting_provider', 'tor_exit_node', 'anonymous_vpn', 'anonymous', 'public_proxy']
  }
  if (isOf('connection')) return ['connection_type']
  if (isOf('domain')) return ['domain']
  if (isOf('isp')) return ['ip', 'asn', 'organization_name', 'network', 'isp']
  return cityDefaults
}

export function geoStep(options: ProcessorOptions, type: 'geoip' | 'ip_location'): Step {
  const name = options.string('field')
  const field = options.pathOf('field', name)
  const target = options.field('target_field', type)
  const database = options.string('database_file', 'GeoLite2-City.mmdb')
  const isFirstOnly = options.boolean('first_only', true)
  const ignoreMissing = options.boolean('ignore_missing', false)
  options.boolean('download_database_on_pipeline_creation', true)
  if (!/^[\w.-]{1,128}\.mmdb$/.test(database)) {
    options.refuse('database_file', `the database [${database}] is no .mmdb file`)
  }
  const wanted = options.optionalStrings('properties')?.map((one) => one.toLowerCase())
  const unknown = wanted?.find((one) => !properties.has(one))
  if (unknown !== undefined) {
    const known = [...properties.keys()].map((one) => one.toUpperCase()).join(', ')
    options.refuse('properties', `illegal property value [${unknown}]. valid values are [${known}]`)
  }
  const names = wanted ?? defaultsOf(database)
  const tags = fieldPath('tags')
  return (run) => {
    const value = run.readOrNull(field, ignoreMissing)
    if (value === null) {
      if (ignoreMissing) return undefined
      const what = `field [${name}] is null, cannot extract geoip information.`
      throw new ProcessorFailure(what)
    }
    const lookUp = run.environment.geo?.(database)
    if (lookUp === undefined) {
      run.append(tags, `_${type}_database_unavailable_${database}`, false)
      return undefined
    }
    const found = (one: DocumentValue) => {
      if (typeof one !== 'string') throw notOf(name, one, 'java.lang.String')
      return dataOf(one, toDocument(checked(one, lookUp)), names)
    }
    if (!Array.isArray(value)) writeFound(run, found(value))
    else if (isFirstOnly) writeFound(run, firstFound(value, found))
    else {
      const all = value.map(found)
      if (all.some((one) => one !== undefined)) {
        run.write(
          target,
          all.map((one) => one ?? null),
        )
      }
    }
    return undefined
  }

  function writeFound(run: IngestRun, data: DocumentMap | undefined): void {
    if (data !== undefined) run.write(target, data)
  }
}

function checked(address: string, lookUp: (address: string) => unknown): unknown {
  if (isAddress(address)) return lookUp(address)
  throw new ProcessorFailure(`'${address}' is not an IP string literal.`)
}

function firstFound<T>(
  values: readonly DocumentValue[],
  find: (value: DocumentValue) => T | undefined,
): T | undefined {
  for (const value of values) {
    const found = find(value)
    if (found !== undefined) return found
  }
  return undefined
}

function dataOf(
  address: string,
  record: DocumentValue,
  names: readonly string[],
): DocumentMap | undefined {
  if (!(record instanceof Map)) return undefined
  const data: DocumentMap = new Map()
  for (const name of names) {
    const value = properties.get(name)!(record, address)
    if (value !== undefined && value !== null) data.set(name, value)
  }
  return data.size === 0 ? undefined : data
}
