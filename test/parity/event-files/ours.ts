import { tensorBoard } from '@loopwright/logging';

/** A PNG of one red pixel: fixed bytes, because compression may differ from one version of Node to the next. */
const redPixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

/** Writes a run that is killed in step 6 and goes on from step 4, with everything that a board can hold. */
export function writeOurs(folder: string): void {
  let milliseconds = 1_700_000_000_000;
  const options = { split: true, clock: () => (milliseconds += 250) };

  const hparams = { learningRate: 0.1, optimizer: 'sgd', nesterov: true };
  const killed = tensorBoard(folder, options);
  killed.hparams(hparams, ['val.loss', 'train.loss']);
  killed.text('about', '**A run** of its own: größer', 0);
  for (let step = 1; step <= 6; step++) {
    killed.next({ step, 'train.loss': step === 3 ? Number.NaN : 1 / step, lr: 0.1 });
    if (step % 3 === 0) {
      killed.histogram('weights', [0, step, step, 2 * step], step);
      killed.image('samples', redPixel, step);
      killed.next({ epoch: step / 3 - 1, 'train.loss': 2 / step, 'val.loss': 3 / step, note: 'first' });
    }
  }

  const resumed = tensorBoard(folder, options);
  resumed.hparams(hparams, ['val.loss', 'train.loss']);
  for (let step = 4; step <= 8; step++) {
    resumed.next({ step, 'train.loss': 10 / step, lr: 0.2 });
    if (step === 6) {
      resumed.histogram('weights', [-1, 0, 1, Number.POSITIVE_INFINITY], step);
      resumed.next({ epoch: 1, 'train.loss': 20 / step, 'val.loss': 30 / step, note: 'second', best: true });
    }
  }
  resumed.complete();
}
