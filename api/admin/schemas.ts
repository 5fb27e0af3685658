import { z } from '@hono/zod-openapi'
import { Me } from '../profile/schemas.ts'
import { CODE } from './totp.ts'

export const Enrolment = z
  .object({
    secret: z.string().openapi({ description: 'Base 32, for apps without a camera' }),
    otpauthUri: z.string().openapi({ description: 'For a QR code' }),
  })
  .openapi('SecondFactorEnrolment', {
    example: {
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      otpauthUri:
        'otpauth://totp/Oxo:Ana?issuer=Oxo&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
    },
  })

export const CodeBody = z
  .strictObject({ code: z.string().regex(CODE, 'must be six digits').openapi({ example: '287082' }) })
  .openapi('SecondFactorCode')

export const SecondFactorToken = z
  .object({
    accessToken: z
      .string()
      .openapi({ description: 'Names `otp` in `amr`; so do those of later refreshes of this session' }),
    expiresIn: z.int().openapi({ description: 'Seconds', example: 900 }),
  })
  .openapi('SecondFactorToken')

export const AdminUser = Me.extend({
  state: z.enum(['active', 'banned', 'deleted']),
  updatedAt: z.iso.datetime(),
  secondFactor: z.boolean().openapi({ description: 'A second factor is in use' }),
  sessions: z.int().openapi({ description: 'Open now' }),
  doing: z.enum(['idle', 'queued', 'playing']),
}).openapi('AdminUser')
