/** What the console holds at the first visit: requests that work here, with notes on each. */
import { t } from '../../ui/i18n/translate.ts'

export function exampleText(): string {
  const note = (key: string) => `# ${t(`dev.example.${key}`)}`
  return `${note('send')}
GET /

${note('tutorial')}
PUT _ingest/pipeline/logs-endpoint.events.process@custom
{
  "processors": [
    {
      "set": {
        "field": "orchestrator.cluster.name",
        "copy_from": "data_stream.namespace",
        "ignore_empty_value": true
      }
    },
    {
      "set": {
        "field": "orchestrator.cluster.id",
        "copy_from": "data_stream.namespace",
        "ignore_empty_value": true
      }
    }
  ]
}

${note('simulate')}
POST _ingest/pipeline/_simulate
{
  "pipeline": {
    "processors": [
      { "dissect": { "field": "message", "pattern": "%{client.ip} %{http.verb} %{url.path}" } },
      { "script": { "source": """
        // ${t('dev.example.script')}
        if (ctx.url.path.startsWith('/api')) { ctx.event = ['category': 'api'] }
      """ } }
    ]
  },
  "docs": [
    { "_source": { "message": "10.0.0.7 GET /api/carts" } }
  ]
}

${note('bulk')}
POST logs-hello-default/_bulk
{ "create": {} }
{ "message": "hello from the console", "log.level": "info" }

${note('counts')}
GET _nodes/stats/ingest

GET _ingest/pipeline
`
}
