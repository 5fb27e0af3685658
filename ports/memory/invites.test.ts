import { invitesContract } from '../invites.contract.ts'
import { memoryInvites } from './invites.ts'

invitesContract('memory', async () => memoryInvites())
