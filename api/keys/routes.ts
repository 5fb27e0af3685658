import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'
import { CreatedKey, KeyIdParam, KeyList, KeySelf, NewKey } from './schemas.ts'

const tags = ['keys']

export const createKeyRoute: DocumentedRoute = {
  method: 'post',
  path: '/keys',
  operationId: 'createKey',
  tags,
  summary: 'Make an API key',
  description:
    'For programs of partners: a key reads what its scopes name, for its owner. It is shown this once. A user has at most 10 keys (FORBIDDEN beyond).',
  request: { body: { required: true, ...jsonContent(NewKey) } },
  responses: {
    201: { description: 'The key', ...jsonContent(CreatedKey) },
    ...refusals('BAD_REQUEST', 'UNAVAILABLE'),
  },
}

export const listKeysRoute: DocumentedRoute = {
  method: 'get',
  path: '/keys',
  operationId: 'listKeys',
  tags,
  summary: 'My API keys',
  responses: {
    200: { description: 'Without the keys themselves', ...jsonContent(KeyList) },
    ...refusals('UNAVAILABLE'),
  },
}

export const removeKeyRoute: DocumentedRoute = {
  method: 'delete',
  path: '/keys/{keyId}',
  operationId: 'removeKey',
  tags,
  summary: 'End an API key',
  description: 'It is refused everywhere within 10 s.',
  request: { params: KeyIdParam },
  responses: { 204: { description: 'Done' }, ...refusals('NOT_FOUND', 'UNAVAILABLE') },
}

export const keySelfRoute: DocumentedRoute = {
  method: 'get',
  path: '/keys/self',
  operationId: 'readKeySelf',
  tags,
  summary: 'What the API key of this request may do',
  security: [{ apiKey: [] }],
  responses: {
    200: { description: 'The key', ...jsonContent(KeySelf) },
    ...refusals('UNAUTHENTICATED', 'UNAVAILABLE'),
  },
}
