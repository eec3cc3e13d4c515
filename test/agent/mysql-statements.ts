/** Runs statements on a real MySQL server, as root unless another user is named. */
import { createConnection } from 'mysql2'

export async function mysqlStatements(port: number, statements: string): Promise<void> {
  const connection = createConnection({
    ...{ host: '127.0.0.1', port, user: 'root' },
    multipleStatements: true,
  })
  try {
    await new Promise<void>((done, fail) => {
      connection.query(statements, (error) => (error === null ? done() : fail(error)))
    })
  } finally {
    await new Promise<void>((done) => connection.end(() => done()))
  }
}
