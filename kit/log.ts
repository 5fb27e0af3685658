import pino from 'pino'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

/** One event name and its fields. error = wake someone, warn = look this week. Never tokens or payloads. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

const SECRET_PATHS = [
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  '*.token',
  '*.accessToken',
  '*.refreshToken',
  '*.authorization',
]

/** Structured JSON, a line an event, to standard output. */
export function jsonLog(level: LogLevel | 'silent', base: LogFields): Log {
  const logger = pino({
    level,
    base,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
  })
  return {
    debug: (event, fields = {}) => logger.debug(fields, event),
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
  }
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
