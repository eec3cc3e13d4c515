/**
 * Files of which every line is an event of a system with a table of its own: they are sent as they
 * are, under the data set by which the server knows what they are.
 */
import type { IntegrationType } from '../../model/policy.ts'
import { Multiline } from '../../pipeline/multiline.ts'
import type { Collector } from '../collector.ts'
import { type LogFilesContext, startLogFiles } from './host/log-files.ts'

/** None of the lines belongs to another, and none is taken apart here. */
const single = new Multiline({ kind: 'none', negate: false, match: 'after', lines_max: 1 })

/** Integrations whose only setting is where the files lie. */
export type EventFilesType = Extract<
  IntegrationType,
  'kubernetes_audit' | 'falco' | 'tetragon' | 'hubble' | 'calico'
>

export function eventFiles<Type extends EventFilesType>(
  type: Type,
  dataset: string,
  service: string,
): Collector<Type> {
  return {
    type,
    async start(context) {
      const { log_files } = context.settings as { log_files: string[] }
      return startLogFiles(log_files, context as unknown as LogFilesContext, new Set(), {
        prefix: `${type}/`,
        source: type,
        rules: {
          multilines: [single, single],
          parse_json: false,
          include_lines: [],
          exclude_lines: [],
          parsers: [undefined, undefined],
          parser_time: false,
          streams: [true, true],
        },
        attributes: { 'data_stream.dataset': dataset, 'service.name': service },
      })
    },
  }
}
