import { tf } from '@loopwright/tensorflow/portable';

type Variables = Readonly<Record<string, tf.Variable>>;

/**
 * Copies of variables that follow them slowly.
 *
 * @returns variables that the caller owns
 */
export function slowCopies(fast: Variables): Record<string, tf.Variable> {
  return Object.fromEntries(Object.entries(fast).map(([name, weight]) => [name, tf.variable(weight, false)]));
}

/**
 * Moves slow weights towards the fast ones, the less the larger the decay, and the fast ones to where the slow ones are
 * then. At a decay of 1 the fast ones give way altogether.
 *
 *     slow ← decay · slow + (1 − decay) · fast        fast ← slow
 *
 * Follows the Lookahead of K. Jordan's airbench94.py, whose decay grows along the run.
 */
export function lookAhead(fast: Variables, slow: Variables, decay: number): void {
  for (const [name, weight] of Object.entries(fast)) {
    const follower = slow[name]!;
    tf.tidy(() => {
      follower.assign(tf.add(tf.mul(follower, decay), tf.mul(weight, 1 - decay)));
      weight.assign(follower);
    });
  }
}
