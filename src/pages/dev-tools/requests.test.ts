/** Requests are found in the console's text, and their bodies become what goes over the wire. */
import { expect, test } from 'vitest'
import { curlOf, readRequests, requestsAt, tidyBody, wireBody } from './requests.ts'

const text = `# a note
GET /

put _ingest/pipeline/logs-endpoint.events.process@custom
{
  // why
  "processors": [
    { "script": { "source": """
GET /not/a/request
ctx.a = 'b';
""" } }
  ]
}

# the next one
POST logs-shop-default/_bulk?refresh=true
{ "create": {} }
{ "message":
    "it's late" }
DELETE http://localhost:9200/_ingest/pipeline/x
`

test('requests have a method, a path and a body', () => {
  const found = readRequests(text).map((one) => [one.method, one.path, wireBody(text, one)])
  const source = "\nGET /not/a/request\nctx.a = 'b';\n"
  expect(found).toEqual([
    ['GET', '/', ''],
    [
      'PUT',
      '/_ingest/pipeline/logs-endpoint.events.process@custom',
      JSON.stringify({ processors: [{ script: { source } }] }),
    ],
    ['POST', '/logs-shop-default/_bulk?refresh=true', `{"create":{}}\n{"message":"it's late"}\n`],
    ['DELETE', '/_ingest/pipeline/x', ''],
  ])
})

test('what cannot be read goes as it is', () => {
  const broken = 'PUT x\n{"a": }'
  expect(wireBody(broken, readRequests(broken)[0]!)).toBe('{"a": }')
})

test('the cursor and the selection choose requests', () => {
  const requests = readRequests(text)
  const f = (from: number, to: number, ...methods: string[]) =>
    expect(requestsAt(requests, from, to).map(({ method }) => method)).toEqual(methods)
  f(0, 0, 'GET')
  f(text.indexOf('// why'), text.indexOf('// why'), 'PUT')
  f(text.indexOf('# the next'), text.indexOf('# the next'), 'PUT')
  f(text.indexOf("it's"), text.indexOf("it's"), 'POST')
  f(text.indexOf('// why'), text.length, 'PUT', 'POST', 'DELETE')
  expect(requestsAt([], 0, 0)).toEqual([])
})

test('a body is tidied, unless it holds notes', () => {
  const one = 'PUT x\n{"a":{"b":1,"c":[1,2]}}'
  expect(tidyBody(one, readRequests(one)[0]!)).toBe(
    '\n{\n  "a": {\n    "b": 1,\n    "c": [1, 2]\n  }\n}',
  )
  expect(tidyBody(text, readRequests(text)[1]!)).toBeUndefined()
  expect(tidyBody(text, readRequests(text)[2]!)).toBe(`\n{"create":{}}\n{"message":"it's late"}`)
})

test('curl is quoted for a shell', () => {
  expect(curlOf(text, readRequests(text)[2]!, 'http://localhost:9200')).toBe(
    `curl -X POST 'http://localhost:9200/logs-shop-default/_bulk?refresh=true' \\
  -H 'Authorization: ApiKey <token>' \\
  -H 'Content-Type: application/x-ndjson' \\
  --data-binary '{"create":{}}
{"message":"it'\\''s late"}
'`,
  )
})
