/**
 * The audit log that the API server writes to a file on machines of the control plane. Lines are
 * sent as they are, under the data set by which the server knows what they are.
 */
import { Multiline } from '../../../pipeline/multiline.ts'
import type { Collector } from '../../collector.ts'
import { startLogFiles } from '../host/log-files.ts'

/** Every line is an event: none belongs to another, and none is taken apart here. */
const single = new Multiline({ kind: 'none', negate: false, match: 'after', lines_max: 1 })

export const kubernetesAudit: Collector<'kubernetes_audit'> = {
  type: 'kubernetes_audit',
  async start(context) {
    return startLogFiles(context.settings.log_files, context, new Set(), {
      prefix: 'kubernetes_audit/',
      source: 'kubernetes_audit',
      rules: {
        multilines: [single, single],
        parse_json: false,
        include_lines: [],
        exclude_lines: [],
        parsers: [undefined, undefined],
        parser_time: false,
        streams: [true, true],
      },
      attributes: {
        'data_stream.dataset': 'kubernetes.audit_logs',
        'service.name': 'kube-apiserver',
      },
    })
  },
}
