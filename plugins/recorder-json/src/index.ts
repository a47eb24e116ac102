export { json, json as default } from './json.ts'
