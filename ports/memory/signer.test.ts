import { signerContract } from '../signer.contract.ts'
import { memorySigner } from './signer.ts'

signerContract('memory', async () => memorySigner())
