/** Writes the run that `make_golden.py` lets TensorBoard read. */
import { writeOurs } from './ours.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: write_ours.ts FOLDER');
writeOurs(folder);
