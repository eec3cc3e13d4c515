/** Command lines with secrets in every common place: none stays. */
import { expect, test } from 'vitest'
import { redactCommand } from './redact-command.ts'

test('secrets go, the rest stays', () => {
  const f = (words: string[], expected: string) => expect(redactCommand(words)).toBe(expected)
  f(['nginx', '-g', 'daemon off;'], 'nginx -g daemon off;')
  f(['java', '-Xmx512m', '-jar', 'shop.jar'], 'java -Xmx512m -jar shop.jar')
  f(['app', '--password=hunter2', '--port=80'], 'app --password=[redacted] --port=80')
  f(['app', '--db-password', 'hunter2', '-v'], 'app --db-password [redacted] -v')
  f(['app', '--api-key', '--verbose'], 'app --api-key --verbose')
  f(['env', 'DB_PASSWORD=hunter2', 'PATH=/bin', 'x'], 'env DB_PASSWORD=[redacted] PATH=/bin x')
  f(
    ['java', '-Dspring.datasource.password=hunter2'],
    'java -Dspring.datasource.password=[redacted]',
  )
  f(['psql', 'postgres://shop:hunter2@db/x'], 'psql postgres://shop:[redacted]@db/x')
  f(['mysql', '-ushop', '-phunter2', 'db'], 'mysql -ushop -p[redacted] db')
  f(['/usr/bin/redis-cli', '-a', 'hunter2', 'PING'], '/usr/bin/redis-cli -a [redacted] PING')
  f(['redis-server', '--requirepass', 'hunter2'], 'redis-server --requirepass [redacted]')
  f(['curl', '-u', 'ana:hunter2', 'https://x'], 'curl -u [redacted] https://x')
  f(
    ['curl', '-H', 'Authorization: Bearer hunter2hunter2', 'https://x'],
    'curl -H Authorization: Bearer [redacted] https://x',
  )
  f(['x', `eyJhbGciOi.${'eyJzdWIi'}.c2ln`], 'x [redacted]')
  f(['aws', 'AKIAABCDEFGHIJKLMNOP'], 'aws [redacted]')
  f(['sh', '-c', '{"token": "hunter2", "a": 1}'], 'sh -c {"token": [redacted], "a": 1}')
  f(['curl', 'https://x/?a=1&sig=hunter2&b=2'], 'curl https://x/?a=1&sig=[redacted]&b=2')
  f(['passenger', 'start', '--author=ana'], 'passenger start --author=ana')
  f([], '')
  expect(redactCommand(['x'.repeat(5000)]).length).toBe(1025)
})
