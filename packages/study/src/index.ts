export { type Summary, summarize } from './summarize.ts';
