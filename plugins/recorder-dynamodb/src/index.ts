export { dynamodb, dynamodb as default } from './dynamodb.ts'
