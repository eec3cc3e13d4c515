/** Data table: grok patterns of whole log lines, whose fields are named plainly or by ECS; after logstash-patterns-core (Apache License 2.0), written anew as in grok-patterns.ts. */

/** Each field by its plain name, its name in ECS, and the type it has there. */
type Names = (plain: string, ecs: string, type?: string) => string

export function grokFormats(ecs: 'disabled' | 'v1'): Record<string, string> {
  const names: Names = (plain, full, type) =>
    ecs === 'disabled' ? plain : type === undefined ? full : `${full}:${type}`
  return {
    ...syslog(names, ecs === 'v1'),
    ...web(names),
    ...java(names),
    ...databases(names),
    ...proxies(names),
    ...clouds(names),
  }
}

function syslog(n: Names, isEcs: boolean): Record<string, string> {
  const program = `%{PROG:${n('program', 'process.name')}}(?:\\[%{POSINT:${n('pid', 'process.pid', 'int')}}\\])?`
  const host = `%{SYSLOGHOST:${n('logsource', 'host.hostname')}}`
  const facility = [
    `<%{NONNEGINT:${n('facility', 'log.syslog.facility.code', 'int')}}`,
    `.%{NONNEGINT:${n('priority', 'log.syslog.priority', 'int')}}>`,
  ].join('')
  const head = `%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?${host}`
  const five = [
    `<%{NONNEGINT:${n('syslog5424_pri', 'log.syslog.priority', 'int')}}>`,
    `%{NONNEGINT:${n('syslog5424_ver', 'system.syslog.version')}} +`,
    `(?:-|%{TIMESTAMP_ISO8601:${n('syslog5424_ts', 'timestamp')}}) +`,
    `(?:-|%{IPORHOST:${n('syslog5424_host', 'host.hostname')}}) +`,
    `(?:-|%{SYSLOG5424PRINTASCII:${n('syslog5424_app', 'process.name')}}) +`,
    `(?:-|%{SYSLOG5424PRINTASCII:${n('syslog5424_proc', 'process.pid')}}) +`,
    `(?:-|%{SYSLOG5424PRINTASCII:${n('syslog5424_msgid', 'event.code')}}) +`,
    `(?:-|%{SYSLOG5424SD:${n('syslog5424_sd', 'system.syslog.structured_data')}})?`,
  ].join('')
  return {
    SYSLOGPROG: program,
    SYSLOGFACILITY: facility,
    SYSLOGBASE: `${head} %{SYSLOGPROG}:`,
    SYSLOGBASE2: `(?:%{SYSLOGTIMESTAMP:timestamp}|%{TIMESTAMP_ISO8601:${n('timestamp8601', 'timestamp')}}) (?:%{SYSLOGFACILITY} )?${host}(?: %{SYSLOGPROG}:|)`,
    SYSLOGLINE: `%{SYSLOGBASE2} %{GREEDYDATA:message}`,
    SYSLOGPAMSESSION: `%{SYSLOGBASE} %{GREEDYDATA}`,
    CRON_ACTION: '[A-Z ]+',
    CRONLOG: `%{SYSLOGBASE} \\(%{USER:${n('user', 'user.name')}}\\) %{CRON_ACTION:${n('action', 'system.cron.action')}} \\(%{DATA:message}\\)`,
    SYSLOG5424BASE: five,
    SYSLOG5424LINE: `%{SYSLOG5424BASE} +%{GREEDYDATA:${isEcs ? 'message' : 'syslog5424_msg'}}`,
  }
}

function web(n: Names): Record<string, string> {
  const client = n('clientip', 'source.address')
  const common = [
    `%{IPORHOST:${client}} (?:-|%{HTTPDUSER:${n('ident', 'apache.access.user.identity')}})`,
    `(?:-|%{HTTPDUSER:${n('auth', 'user.name')}}) \\[%{HTTPDATE:timestamp}\\]`,
    `"(?:%{WORD:${n('verb', 'http.request.method')}} %{NOTSPACE:${n('request', 'url.original')}}(?: HTTP/%{NUMBER:${n('httpversion', 'http.version')}})?|%{DATA:${n('rawrequest', 'apache.access.raw_request')}})"`,
    `(?:-|%{INT:${n('response', 'http.response.status_code', 'int')}})`,
    `(?:-|%{INT:${n('bytes', 'http.response.body.bytes', 'int')}})`,
  ].join(' ')
  const plainCommon = common
    .replace('(?:-|%{HTTPDUSER:ident})', '%{HTTPDUSER:ident}')
    .replace('(?:-|%{HTTPDUSER:auth})', '%{HTTPDUSER:auth}')
    .replace('(?:-|%{INT:response})', '%{NUMBER:response}')
    .replace('(?:-|%{INT:bytes})', '(?:%{NUMBER:bytes}|-)')
  const level = n('loglevel', 'log.level')
  const message = n('errormsg', 'message')
  const referrer = n('referrer', 'http.request.referrer')
  const agent = n('agent', 'user_agent.original')
  const combined =
    agent === 'agent'
      ? `%{HTTPD_COMMONLOG} %{QS:referrer} %{QS:agent}`
      : `%{HTTPD_COMMONLOG} "(?:-|%{DATA:${referrer}})" "(?:-|%{DATA:${agent}})"`
  const error20 = `\\[%{HTTPDERROR_DATE:timestamp}\\] \\[%{LOGLEVEL:${level}}\\] (?:\\[client %{IPORHOST:${client}}\\] )?%{GREEDYDATA:${message}}`
  const error24 = [
    `\\[%{HTTPDERROR_DATE:timestamp}\\] \\[(?:%{WORD:${n('module', 'apache.error.module')}})?:%{LOGLEVEL:${level}}\\]`,
    ` \\[pid %{POSINT:${n('pid', 'process.pid', 'int')}}(?::tid %{INT:${n('tid', 'process.thread.id', 'int')}})?\\]`,
    `(?: \\(%{POSINT:${n('proxy_errorcode', 'apache.error.proxy.error.code')}}\\)%{DATA:${n('proxy_message', 'apache.error.proxy.error.message')}}:)?`,
    `(?: \\[client %{IPORHOST:${client}}(?::%{POSINT:${n('clientport', 'source.port', 'int')}})?\\])?`,
    `(?: %{DATA:${n('errorcode', 'error.code')}}:)? %{GREEDYDATA:${message}}`,
  ].join('')
  return {
    HTTPD_COMMONLOG: plainCommon,
    HTTPD_COMBINEDLOG: combined,
    COMMONAPACHELOG: '%{HTTPD_COMMONLOG}',
    COMBINEDAPACHELOG: '%{HTTPD_COMBINEDLOG}',
    HTTPD20_ERRORLOG: error20,
    HTTPD24_ERRORLOG: error24,
    HTTPD_ERRORLOG: '%{HTTPD20_ERRORLOG}|%{HTTPD24_ERRORLOG}',
  }
}

function java(n: Names): Record<string, string> {
  const level = n('level', 'log.level')
  const type = n('class', 'java.log.origin.class.name')
  const trace = [
    `\\s*at %{JAVACLASS:${type}}\\.%{JAVAMETHOD:${n('method', 'log.origin.function')}}`,
    `\\(%{JAVAFILE:${n('file', 'log.origin.file.name')}}(?::%{INT:${n('line', 'log.origin.file.line', 'int')}})?\\)`,
  ].join('')
  const logger = n('class', 'java.log.origin.class.name')
  return {
    JAVASTACKTRACEPART: trace,
    CATALINALOG: `%{CATALINA_DATESTAMP:timestamp} %{JAVACLASS:${logger}}(?: %{JAVAMETHOD:${n('method', 'log.origin.function')}})?\\s*(?:%{LOGLEVEL:${level}}:)? %{JAVALOGMESSAGE:${n('logmessage', 'message')}}`,
    TOMCATLOG: `%{TOMCAT_DATESTAMP:timestamp} \\| %{LOGLEVEL:${level}} \\| %{JAVACLASS:${logger}} - %{JAVALOGMESSAGE:${n('logmessage', 'message')}}`,
    RUBY_LOGGER: `[DFEWI], \\[%{TIMESTAMP_ISO8601:timestamp} #%{POSINT:${n('pid', 'process.pid', 'int')}}\\] *%{RUBY_LOGLEVEL:${n('loglevel', 'log.level')}} -- +%{DATA:${n('progname', 'process.name')}}: %{GREEDYDATA:message}`,
  }
}

function databases(n: Names): Record<string, string> {
  return {
    REDISLOG: `\\[%{POSINT:${n('pid', 'process.pid', 'int')}}\\] %{REDISTIMESTAMP:timestamp} \\*`,
    REDISMONLOG: `%{NUMBER:timestamp} \\[%{INT:${n('database', 'redis.database.id')}} %{IP:${n('client', 'client.ip')}}:%{POSINT:${n('port', 'client.port', 'int')}}\\] "%{WORD:${n('command', 'redis.command.name')}}"\\s?%{GREEDYDATA:${n('params', 'redis.command.args')}}`,
    POSTGRESQL: `%{DATESTAMP:timestamp} %{TZ:${n('tz', 'event.timezone')}} %{DATA:${n('user_id', 'user.name')}} %{GREEDYDATA:${n('connection_id', 'postgresql.log.connection_id')}} %{POSINT:${n('pid', 'process.pid', 'int')}}`,
    MONGO_LOG: `%{SYSLOGTIMESTAMP:timestamp} \\[%{WORD:${n('component', 'mongodb.component')}}\\] %{GREEDYDATA:message}`,
    MONGO3_LOG: `%{TIMESTAMP_ISO8601:timestamp} %{MONGO3_SEVERITY:${n('severity', 'log.level')}} (?:-|%{MONGO3_COMPONENT:${n('component', 'mongodb.component')}})\\s+(?:\\[%{DATA:${n('context', 'mongodb.context')}}\\])? %{GREEDYDATA:message}`,
  }
}

function proxies(n: Names): Record<string, string> {
  const frontend = n('frontend_name', 'haproxy.frontend_name')
  const time = (plain: string, ecs: string) => `%{INT:${n(plain, ecs, 'int')}}`
  const counts = [
    time('actconn', 'haproxy.connections.active'),
    time('feconn', 'haproxy.connections.frontend'),
    time('beconn', 'haproxy.connections.backend'),
    time('srvconn', 'haproxy.connections.server'),
    time('retries', 'haproxy.connections.retries').replace('%{INT', '(?:\\+)?%{INT'),
  ].join('/')
  const head = `%{IP:${n('client_ip', 'source.address')}}:%{INT:${n('client_port', 'source.port', 'int')}} \\[%{HAPROXYDATE:${n('accept_date', 'timestamp')}}\\] %{NOTSPACE:${frontend}} %{NOTSPACE:${n('backend_name', 'haproxy.backend_name')}}/(?:<NOSRV>|%{NOTSPACE:${n('server_name', 'haproxy.server_name')}})`
  const queues = `${time('srv_queue', 'haproxy.server_queue')}/${time('backend_queue', 'haproxy.backend_queue')}`
  const http = [
    time('time_request', 'haproxy.http.request.time_wait_ms'),
    time('time_queue', 'haproxy.total_waiting_time_ms'),
    time('time_backend_connect', 'haproxy.connection_wait_time_ms'),
    time('time_backend_response', 'haproxy.http.request.time_wait_without_data_ms'),
    time('time_duration', 'temp.duration').replace('%{INT', '\\+?%{INT'),
  ].join('/')
  const line = `(?:<BADREQ>|(?:%{WORD:${n('http_verb', 'http.request.method')}} %{NOTSPACE:${n('http_request', 'url.original')}}(?: HTTP/%{NUMBER:${n('http_version', 'http.version')}})?))`
  return {
    HAPROXYTIME: '%{HOUR}:%{MINUTE}(?::%{SECOND})',
    HAPROXYDATE:
      '%{MONTHDAY}/%{MONTH}/%{YEAR}:%{HAPROXYTIME}\\.[0-9]+|%{MONTHDAY}/%{MONTH}/%{YEAR}:%{HAPROXYTIME}',
    HAPROXYHTTPBASE: `${head} ${http} %{INT:${n('http_status_code', 'http.response.status_code', 'int')}} ${time('bytes_read', 'source.bytes').replace('%{INT', '\\+?%{INT')} (?:-|%{DATA:${n('captured_request_cookie', 'haproxy.http.request.captured_cookie')}}) (?:-|%{DATA:${n('captured_response_cookie', 'haproxy.http.response.captured_cookie')}}) %{NOTSPACE:${n('termination_state', 'haproxy.termination_state')}} ${counts} ${queues} (?:\\{%{DATA:${n('captured_request_headers', 'haproxy.http.request.captured_headers')}}\\} ?)?(?:\\{%{DATA:${n('captured_response_headers', 'haproxy.http.response.captured_headers')}}\\} ?)?"${line}"?`,
    HAPROXYHTTP: `(?:%{SYSLOGTIMESTAMP:${n('syslog_timestamp', 'timestamp')}}|%{TIMESTAMP_ISO8601:${n('timestamp8601', 'timestamp')}}) %{IPORHOST:${n('syslog_server', 'host.hostname')}} %{SYSLOGPROG}: %{HAPROXYHTTPBASE}`,
    HAPROXYTCP: `(?:%{SYSLOGTIMESTAMP:${n('syslog_timestamp', 'timestamp')}}) %{IPORHOST:${n('syslog_server', 'host.hostname')}} %{SYSLOGPROG}: ${head} %{NOTSPACE}`,
    SQUID3: `%{NUMBER:timestamp}\\s+%{INT:${n('duration', 'squid.request.duration', 'int')}} %{IP:${n('client_address', 'source.ip')}} %{WORD:${n('cache_result', 'event.action')}}/%{INT:${n('status_code', 'http.response.status_code', 'int')}} %{INT:${n('bytes', 'http.response.bytes', 'int')}} %{WORD:${n('request_method', 'http.request.method')}} %{NOTSPACE:${n('url', 'url.original')}} (?:-|%{NOTSPACE:${n('user', 'user.name')}}) %{WORD:${n('hierarchy_code', 'squid.hierarchy_code')}}/(?:-|%{IPORHOST:${n('server', 'destination.address')}}) (?:-|%{NOTSPACE:${n('content_type', 'http.response.mime_type')}})`,
  }
}

function clouds(n: Names): Record<string, string> {
  const s3 = [
    `%{WORD:${n('owner', 'aws.s3access.bucket_owner')}} %{NOTSPACE:${n('bucket', 'aws.s3access.bucket')}}`,
    `\\[%{HTTPDATE:timestamp}\\] (?:-|%{IP:${n('clientip', 'client.ip')}})`,
    `(?:-|%{NOTSPACE:${n('requester', 'client.user.id')}}) %{NOTSPACE:${n('request_id', 'aws.s3access.request_id')}}`,
    `%{NOTSPACE:${n('operation', 'aws.s3access.operation')}} (?:-|%{NOTSPACE:${n('key', 'aws.s3access.key')}})`,
  ].join(' ')
  return {
    S3_REQUEST_LINE: `(?:%{WORD:${n('verb', 'http.request.method')}} %{NOTSPACE:${n('request', 'url.original')}}(?: HTTP/%{NUMBER:${n('httpversion', 'http.version')}})?)`,
    S3_ACCESS_LOG: `${s3} (?:-|"%{S3_REQUEST_LINE}") (?:-|%{INT:${n('response', 'http.response.status_code', 'int')}})`,
    ELB_URIPATHPARAM: '%{URIPATH}(?:%{URIPARAM})?',
    BIND9_TIMESTAMP: '%{MONTHDAY}[-]%{MONTH}[-]%{YEAR} %{TIME}',
    BIND9: `%{BIND9_TIMESTAMP:timestamp} queries: %{LOGLEVEL:${n('loglevel', 'log.level')}}: client(?: @0x[0-9a-fA-F]+)? %{IP:${n('clientip', 'client.ip')}}#%{POSINT:${n('clientport', 'client.port', 'int')}} \\(%{NOTSPACE:${n('question', 'bind.log.question.name')}}\\): query: %{GREEDYDATA:${n('query', 'dns.question.name')}}`,
  }
}
