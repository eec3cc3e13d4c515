/** Every kind of processor there is, and in words those of Elasticsearch that are not. */
import type { ProcessorKind } from './processor.ts'
import { append } from './processors/append.ts'
import { bytes } from './processors/bytes.ts'
import { communityId } from './processors/community-id.ts'
import { convert } from './processors/convert.ts'
import { csv } from './processors/csv.ts'
import { date } from './processors/date.ts'
import { dateIndexName } from './processors/date-index-name.ts'
import { dissect } from './processors/dissect.ts'
import { dotExpander } from './processors/dot-expander.ts'
import { drop } from './processors/drop.ts'
import { fail } from './processors/fail.ts'
import { fingerprint } from './processors/fingerprint.ts'
import { foreach } from './processors/foreach.ts'
import { geoip } from './processors/geoip.ts'
import { grok } from './processors/grok.ts'
import { gsub } from './processors/gsub.ts'
import { htmlStrip } from './processors/html-strip.ts'
import { ipLocation } from './processors/ip-location.ts'
import { join } from './processors/join.ts'
import { json } from './processors/json.ts'
import { kv } from './processors/kv.ts'
import { lowercase } from './processors/lowercase.ts'
import { networkDirection } from './processors/network-direction.ts'
import { pipeline } from './processors/pipeline.ts'
import { redact } from './processors/redact.ts'
import { remove } from './processors/remove.ts'
import { rename } from './processors/rename.ts'
import { reroute } from './processors/reroute.ts'
import { script } from './processors/script.ts'
import { set } from './processors/set.ts'
import { setSecurityUser } from './processors/set-security-user.ts'
import { sort } from './processors/sort.ts'
import { split } from './processors/split.ts'
import { terminate } from './processors/terminate.ts'
import { trim } from './processors/trim.ts'
import { uppercase } from './processors/uppercase.ts'
import { uriParts } from './processors/uri-parts.ts'
import { urldecode } from './processors/urldecode.ts'
import { userAgent } from './processors/user-agent.ts'

const kinds: readonly ProcessorKind[] = [
  ...[set, append, remove, rename, convert, lowercase, uppercase, trim, htmlStrip, urldecode],
  ...[gsub, split, join, grok, dissect, date, json, kv, csv, pipeline, drop, fail, foreach, script],
  ...[dotExpander, userAgent, geoip, ipLocation, fingerprint, communityId, bytes, sort, reroute],
  ...[networkDirection, uriParts, redact, terminate, dateIndexName, setSecurityUser],
]

export const processorKinds: ReadonlyMap<string, ProcessorKind> = new Map(
  kinds.map((kind) => [kind.type, kind]),
)

/** Said at PUT: a pipeline that leaves a step out would do something else than it says. */
export const refusedProcessors: ReadonlyMap<string, string> = new Map([
  ['enrich', 'it needs enrich policies and their indices, which are not kept here'],
  ['inference', 'it needs trained models, which are not kept here'],
  ['attachment', 'it needs a reader of documents, which is not here'],
  ['registered_domain', 'it needs the public suffix list, which is not kept here'],
])
