/** Mean and standard deviation of each channel, of values from 0 to 1. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * The statistics that published models were trained with: ImageNet's as in torchvision, the others of their training
 * images, CIFAR's over all pixels.
 *
 * @example
 * transforms.statistics.imagenet.mean[0]; // 0.485
 */
export const statistics = {
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  cifar10: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  cifar100: { mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762] },
  mnist: { mean: [0.1307], std: [0.3081] },
  fashionMnist: { mean: [0.286], std: [0.353] },
} as const satisfies Record<string, ChannelStatistics>;
