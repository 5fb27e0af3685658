import { z } from '@hono/zod-openapi'
import { type ErrorCode, errors } from '../../protocol/errors.ts'

const codes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]]

/** The body of every refusal, for OpenAPI documents and for readers of other processes' answers. */
export const ErrorSchema = z
  .object({
    error: z.object({
      code: z.enum(codes).openapi({ description: 'One meaning each, the same on the socket: see PROTOCOL.md' }),
      message: z.string().openapi({ description: 'For people; may change' }),
      details: z
        .record(z.string(), z.union([z.number(), z.string()]))
        .optional()
        .openapi({ description: 'By code: `{version, board}`, `{gameId}` or `{retryAfterMs}`' }),
      timestamp: z.iso.datetime(),
      requestId: z
        .string()
        .openapi({ description: 'Also in the header `x-request-id`; name it when you report a problem' }),
    }),
  })
  .openapi('Error', {
    example: {
      error: {
        code: 'NOT_FOUND',
        message: 'no such game',
        timestamp: '2026-01-31T12:00:00.000Z',
        requestId: '5f0c9e6f2f8a4a63b1f6d2c1',
      },
    },
  })
