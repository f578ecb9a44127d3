import { add, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { type CommonHyperParameters, commonHyperParameters, nonNegative } from '../hyper-parameters.ts';
import type { InPlaceRule } from '../in-place-rule.ts';
import type { UpdateOutput, UpdateRule } from '../update-rule.ts';
import { addL2 } from './weight-decay.ts';

/** What can be set on `SGD`. */
export interface SGDHyperParameters extends CommonHyperParameters {
  /** μ, at least 0; 0 keeps no buffer. */
  momentum: number;
  /** τ: the share of each new gradient that is kept out of the buffer. */
  dampening: number;
  /** Nesterov's look ahead; needs `momentum` and no `dampening`. */
  nesterov: boolean;
}

/**
 * Stochastic gradient descent with momentum, as `torch.optim.SGD`:
 * `b ← μ b + (1 - τ) g` (`b ← g` the first time), `θ ← θ - lr b`, or `θ ← θ - lr (g + μ b)` with Nesterov.
 */
export const sgd: UpdateRule<SGDHyperParameters> = {
  name: 'SGD',
  hyperParameters: {
    ...commonHyperParameters({ learningRate: 1e-3, weightDecay: 0 }),
    momentum: { default: 0, range: nonNegative },
    dampening: { default: 0, range: {} },
    nesterov: { default: false },
  },
  slots: { momentumBuffer: 'sometimes' },
  validate(check, { nesterov, momentum, dampening }) {
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      check.fail(
        `nesterov needs momentum above 0 and dampening 0, got momentum ${momentum}, dampening ${dampening}`,
      );
    }
  },
  apply({ parameter, gradient, slots, hyper }): UpdateOutput {
    const { learningRate, weightDecay, momentum, dampening, nesterov } = hyper;
    const slope = addL2(gradient, parameter, weightDecay);
    if (momentum === 0) return { parameter: descend(parameter, slope, learningRate), slots: {} };
    const momentumBuffer = accumulate(slots.momentumBuffer, slope, momentum, 1 - dampening);
    const direction = nesterov ? add(slope, mul(momentumBuffer, momentum)) : momentumBuffer;
    return { parameter: descend(parameter, direction, learningRate), slots: { momentumBuffer } };
  },
  inPlace: {
    kernel: 'sgd',
    slots: ({ momentum }) => (momentum === 0 ? [] : ['momentumBuffer']),
    numbers: ({ hyper: { learningRate, weightDecay, momentum, dampening, nesterov }, isNew }) => ({
      l2: weightDecay,
      rate: learningRate,
      momentum,
      share: isNew('momentumBuffer') ? 1 : 1 - dampening,
      nesterov,
    }),
  } satisfies InPlaceRule<SGDHyperParameters, 'sgd'>,
};

/** `momentum buffer + share slope`; the first time a copy of the slope, whose memory may be the caller's. */
function accumulate(buffer: Tensor | undefined, slope: Tensor, momentum: number, share: number): Tensor {
  if (buffer === undefined) return mul(slope, 1);
  return add(mul(buffer, momentum), share === 1 ? slope : mul(slope, share));
}

function descend(parameter: Tensor, direction: Tensor, learningRate: number): Tensor {
  return sub(parameter, mul(direction, learningRate));
}
