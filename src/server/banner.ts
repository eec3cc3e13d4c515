/** What a person at a terminal sees once the server is up: where to look, and how to send. */

type Shown = { url: string | undefined; setup_url: string | undefined; lines: readonly string[] }

export function banner({ url, setup_url, lines }: Shown): string {
  const grpc = addressOf(lines, 'otlp_grpc')
  const http = addressOf(lines, 'otlp_http')
  const parts = ['']
  if (url !== undefined) parts.push(`  Crowsnest is up     ${url}`)
  if (setup_url !== undefined) {
    parts.push(
      `  First time here?    ${setup_url}`,
      '                      (once, within 24 hours)',
    )
  }
  if (grpc !== undefined || http !== undefined)
    parts.push('', '  Send OpenTelemetry  with either of')
  if (http !== undefined) {
    parts.push(
      `    OTEL_EXPORTER_OTLP_ENDPOINT=http://${http} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
    )
  }
  if (grpc !== undefined) {
    parts.push(`    OTEL_EXPORTER_OTLP_ENDPOINT=http://${grpc} OTEL_EXPORTER_OTLP_PROTOCOL=grpc`)
  }
  parts.push('', '  Ctrl-C stops it.', '')
  return parts.join('\n')
}

function addressOf(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((one) => one.startsWith(`listening ${name} `))
  return line?.split(' ').at(-1)
}
