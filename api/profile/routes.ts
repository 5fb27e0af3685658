import { type DocumentedRoute, jsonContent, refusals } from '../../ports/http/documented.ts'
import { Blocks, Export, Me, ProfileChange, PublicUser, UserIdParam } from './schemas.ts'

const tags = ['users']
const NO_CONTENT = { description: 'Done' }

export const readUserRoute: DocumentedRoute = {
  method: 'get',
  path: '/users/{userId}',
  operationId: 'readUser',
  tags,
  summary: 'What everybody may know of a player',
  request: { params: UserIdParam },
  responses: {
    200: { description: 'The player', ...jsonContent(PublicUser) },
    ...refusals('NOT_FOUND', 'UNAVAILABLE', 'RATE_LIMITED'),
  },
}

export const readMeRoute: DocumentedRoute = {
  method: 'get',
  path: '/users/me',
  operationId: 'readMe',
  tags,
  summary: 'My account',
  responses: {
    200: { description: 'The account of the access token or key', ...jsonContent(Me) },
    ...refusals('NOT_FOUND', 'UNAVAILABLE'),
  },
}

export const changeUserRoute: DocumentedRoute = {
  method: 'put',
  path: '/users/{userId}',
  operationId: 'changeUser',
  tags,
  summary: 'Change my profile',
  description:
    'Only one’s own; `me` stands for it. Fields that are not there stay as they are. New access tokens carry the new name and region, so refresh after it.',
  request: { params: UserIdParam, body: { required: true, ...jsonContent(ProfileChange) } },
  responses: {
    200: { description: 'The account as it is now', ...jsonContent(Me) },
    ...refusals('BAD_REQUEST', 'STALE', 'UNAVAILABLE'),
  },
}

export const readBlocksRoute: DocumentedRoute = {
  method: 'get',
  path: '/users/me/blocks',
  operationId: 'readBlocks',
  tags,
  summary: 'Players whom I never want to meet',
  responses: { 200: { description: 'Up to 100', ...jsonContent(Blocks) }, ...refusals('UNAVAILABLE') },
}

export const blockRoute: DocumentedRoute = {
  method: 'put',
  path: '/users/me/blocks/{userId}',
  operationId: 'blockUser',
  tags,
  summary: 'Never be paired with a player',
  description: 'Safe to repeat. The blocked player is not told.',
  request: { params: UserIdParam },
  responses: { 204: NO_CONTENT, ...refusals('BAD_REQUEST', 'UNAVAILABLE') },
}

export const unblockRoute: DocumentedRoute = {
  method: 'delete',
  path: '/users/me/blocks/{userId}',
  operationId: 'unblockUser',
  tags,
  summary: 'Be paired with a player again',
  description: 'Safe to repeat.',
  request: { params: UserIdParam },
  responses: { 204: NO_CONTENT, ...refusals('BAD_REQUEST', 'UNAVAILABLE') },
}

export const exportRoute: DocumentedRoute = {
  method: 'get',
  path: '/users/me/export',
  operationId: 'exportMe',
  tags,
  summary: 'All that is stored about me',
  responses: {
    200: { description: 'Account, sessions, statistics, games, blocks and keys', ...jsonContent(Export) },
    ...refusals('UNAVAILABLE'),
  },
}

export const deleteRoute: DocumentedRoute = {
  method: 'delete',
  path: '/users/me',
  operationId: 'deleteMe',
  tags,
  summary: 'Delete my account',
  description:
    'Identity, names, email, keys and sessions are gone, and cannot come back. Finished games stay valid and show a pseudonym. Not while a game is running. Safe to repeat.',
  responses: { 204: NO_CONTENT, ...refusals('ALREADY_PLAYING', 'UNAVAILABLE') },
}
