import { type DynamoPlace, dynamoClient, isLoopback } from './client.ts'
import { type DynamoGameStore, dynamoGameStore } from './game-store.ts'

/**
 * The store of finished games at `DYNAMODB_ENDPOINT`, or of AWS in `AWS_REGION`; null when neither is given. Nothing is asked yet: a store that
 * is down shows at the first call. Its table is made when missing on this machine only.
 */
export function openGameStore(place: DynamoPlace): DynamoGameStore | null {
  if (place.dynamodbEndpoint === null && place.awsRegion === null) return null
  return dynamoGameStore(dynamoClient(place), isLoopback(place.dynamodbEndpoint))
}
