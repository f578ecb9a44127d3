/** Runs the installer in a process of its own. Usage: install-process.ts OPTIONS-AS-JSON */
import { install } from '@loopwright/tensorflow/install';

const { outcome } = await install(JSON.parse(process.argv[2] ?? '{}'));
console.log(outcome);
