/** Every query API that other tools speak, in one list. An API adds its own here. */
import type { Api } from '../api/api.ts'
import { elasticApi } from '../api/elastic/elastic-api.ts'
import { jaegerApi } from '../api/jaeger/jaeger-api.ts'
import { lokiApi } from '../api/loki/loki-api.ts'
import { prometheusApi } from '../api/prometheus/prometheus-api.ts'
import { tempoApi } from '../api/tempo/tempo-api.ts'

export const apis: readonly Api[] = [elasticApi, jaegerApi, lokiApi, prometheusApi, tempoApi]
