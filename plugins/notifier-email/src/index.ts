export { email, email as default } from './email.ts'
