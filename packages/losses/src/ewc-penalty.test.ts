import { expectNoLeak, testVariable, tinyClassifier } from '@loopwright/test-utils';
import { dispose, ones, type Tensor, tensor1d, variableGrads } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ewcPenalty, snapshotVariables } from './ewc-penalty.ts';

describe('ewcPenalty', () => {
  it('weighs squared distances from the anchor, and leaves variables free that fisher does not name', () =>
    expectNoLeak(() => {
      const [body, head] = [testVariable([1, 2]), testVariable([9])];
      const anchor = { body: tensor1d([0, 4]) };
      const fisher = { body: tensor1d([3, 0.5]) };
      const { value, grads } = variableGrads(
        () => ewcPenalty({ body, head }, { anchor, fisher, lambda: 10 }),
        [body, head],
      );
      expect(value.dataSync()[0]).toBeCloseTo(5 * (3 * 1 + 0.5 * 4), 5);
      expect([...(grads[body.name] as Tensor).dataSync()]).toEqual([30, -10]);
      expect(grads[head.name]).toBeUndefined();
      dispose([anchor, fisher, value, grads, body, head]);
    }));

  it('refuses records that do not fit the variables or each other', () =>
    expectNoLeak(() => {
      const w = testVariable([1, 2]);
      const [fitting, short] = [tensor1d([1, 1]), tensor1d([1])];
      const run = (options: object) => () => ewcPenalty({ w }, options as never);
      const good = { anchor: { w: fitting }, fisher: { w: fitting }, lambda: 1 };
      expect(run({ ...good, anchor: {} })).toThrow(
        '[loopwright/losses] ewcPenalty: anchor does not fit: missing "w"',
      );
      expect(run({ ...good, anchor: { w: short } })).toThrow(
        'anchor["w"] must be a float32 tensor of shape [2]',
      );
      expect(run({ ...good, fisher: { w: short } })).toThrow('fisher["w"] must be');
      const alien = { v: fitting };
      expect(run({ ...good, anchor: alien, fisher: alien })).toThrow('there is no variable "v"');
      expect(run({ ...good, anchor: {}, fisher: {} })).toThrow('fisher must name at least one variable');
      expect(run({ ...good, fisher: undefined })).toThrow(
        'fisher must be a record of tensors, got undefined',
      );
      expect(run({ ...good, lambda: -1 })).toThrow('lambda must be');
      expect(run({ anchor: good.anchor, fisher: good.fisher })).toThrow('lambda must be');
      expect(run({ ...good, importance: 1 })).toThrow('unknown option "importance"');
      dispose([w, fitting, short]);
    }));
});

describe('snapshotVariables', () => {
  it('copies what is trained, untouched by later steps', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const before = snapshotVariables(model);
      const kept = [...(before['head/bias'] as Tensor).dataSync()];
      expect(Object.keys(before)).not.toContain('norm/moving_mean');
      const moved = model.getWeights().map((weight) => ones(weight.shape));
      model.setWeights(moved);
      expect([...(before['head/bias'] as Tensor).dataSync()]).toEqual(kept);
      dispose([before, moved]);
      model.dispose();
    }));
});
