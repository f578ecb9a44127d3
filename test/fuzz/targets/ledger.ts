import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLedger } from '@loopwright/study';
import { sandbox } from '../sandbox.ts';
import { bytesOf, type Target } from '../target.ts';

let folder: string | undefined;

/** What `repeat` remembers of its runs. */
export const ledger: Target = {
  name: 'ledger',
  seeds: () => [
    bytesOf(
      '{"version":1,"settings":{"lr":0.1},"outcomes":[{"seed":1,"values":{"accuracy":0.9},"seconds":2},{"seed":2,"error":"e","seconds":1}]}',
    ),
  ],
  dictionary: ['{"a":', '[[', '"__proto__":{', '"values":', '"seed":', '"error":""', 'null', '1e999'],
  parse(bytes) {
    folder ??= sandbox();
    const path = join(folder, 'ledger.json');
    writeFileSync(path, bytes);
    return readLedger(path);
  },
};
