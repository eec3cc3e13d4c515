/** Data table: what Envoy's response flags mean. */

export const responseFlags: Readonly<Record<string, string>> = {
  UH: 'no healthy upstream',
  UF: 'upstream connection failure',
  UO: 'upstream overflow',
  NR: 'no route',
  URX: 'retry limit exceeded',
  NC: 'upstream cluster not found',
  DT: 'too long',
  DC: 'downstream closed the connection',
  LH: 'local health check failed',
  UT: 'upstream timeout',
  LR: 'local reset',
  UR: 'upstream reset',
  UC: 'upstream closed the connection',
  DI: 'delay injected',
  FI: 'fault injected',
  RL: 'rate limited',
  UAEX: 'denied by external authorization',
  RLSE: 'rate limit service failed',
  IH: 'invalid header',
  SI: 'idle timeout',
  DPE: 'downstream protocol error',
  UPE: 'upstream protocol error',
  UMSDR: 'upstream reached its duration limit',
  OM: 'overload manager',
  DF: 'DNS resolution failed',
  DO: 'dropped by overload policy',
  DR: 'downstream reset',
}

/** They are no failure of the request. */
export const harmlessFlags: ReadonlySet<string> = new Set(['DI', 'DC', 'DR'])
