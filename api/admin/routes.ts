import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'
import { UserIdParam } from '../profile/schemas.ts'
import { AdminUser, CodeBody, Enrolment, SecondFactorToken } from './schemas.ts'

export const enrolRoute: DocumentedRoute = {
  method: 'post',
  path: '/auth/totp/enrol',
  operationId: 'enrolSecondFactor',
  tags: ['accounts'],
  summary: 'Get a secret for one-time codes',
  description:
    'Counts from the first good code on; until then a new call gives a new secret. Who has one in use gets no other: an operator must remove it first.',
  responses: {
    201: { description: 'For an authenticator app', ...jsonContent(Enrolment) },
    ...refusals('UNAVAILABLE'),
  },
}

export const verifyRoute: DocumentedRoute = {
  method: 'post',
  path: '/auth/totp',
  operationId: 'verifySecondFactor',
  tags: ['accounts'],
  summary: 'Show a one-time code',
  description: 'Each code is good once, and five may be tried in 15 minutes.',
  request: { body: { required: true, ...jsonContent(CodeBody) } },
  responses: {
    200: { description: 'A token that may enter /admin, if its user is an admin', ...jsonContent(SecondFactorToken) },
    ...refusals('BAD_REQUEST', 'UNAVAILABLE'),
  },
}

const adminUser = { description: 'The account', ...jsonContent(AdminUser) }
const admin = {
  tags: ['admin'],
  request: { params: UserIdParam },
  responses: { 200: adminUser, ...refusals('NOT_FOUND', 'UNAVAILABLE') },
}

export const readAccountRoute: DocumentedRoute = {
  ...admin,
  method: 'get',
  path: '/admin/users/{userId}',
  operationId: 'readAccount',
  summary: 'All that an operator needs to know of an account',
}

export const banRoute: DocumentedRoute = {
  ...admin,
  method: 'post',
  path: '/admin/users/{userId}/ban',
  operationId: 'banUser',
  summary: 'Keep a player out',
  description:
    'Sessions and sockets end within seconds; running games are lost by their clocks. Safe to repeat. Admins lose the role first.',
}

export const unbanRoute: DocumentedRoute = {
  ...admin,
  method: 'post',
  path: '/admin/users/{userId}/unban',
  operationId: 'unbanUser',
  summary: 'Let a banned player in again',
  description: 'Safe to repeat.',
}
