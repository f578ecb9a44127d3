/** A file that a data set's authors publish. */
export interface Archive {
  /** What its name is appended to. */
  readonly url: string;
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** The checksum that its authors, or torchvision, give. */
  readonly md5: string;
  /** Whether it is a tar file to unpack; otherwise it is used as it is. */
  readonly tar?: boolean;
}

const TORONTO = 'https://www.cs.toronto.edu/~kriz/';

export const cifar10Archive: Archive = {
  url: TORONTO,
  file: 'cifar-10-binary.tar.gz',
  size: 170_052_171,
  md5: 'c32a1d4ab5d03f1284b67883e8d87530',
  tar: true,
};

export const cifar100Archive: Archive = {
  url: TORONTO,
  file: 'cifar-100-binary.tar.gz',
  size: 168_513_733,
  md5: '03b5dce01913d631647c71ecec9e9cb8',
  tar: true,
};

/** The copy that torchvision reads; the author's own page no longer serves them. */
const mnist = { url: 'https://ossci-datasets.s3.amazonaws.com/mnist/' };

export const mnistFiles: readonly Archive[] = [
  { ...mnist, file: 'train-images-idx3-ubyte.gz', size: 9_912_422, md5: 'f68b3c2dcbeaaa9fbdd348bbdeb94873' },
  { ...mnist, file: 'train-labels-idx1-ubyte.gz', size: 28_881, md5: 'd53e105ee54ea40749a09fcbcd1e9432' },
  { ...mnist, file: 't10k-images-idx3-ubyte.gz', size: 1_648_877, md5: '9fb629c4189551a2d022fa330f9573f3' },
  { ...mnist, file: 't10k-labels-idx1-ubyte.gz', size: 4_542, md5: 'ec29112dd5afa0611ce80d1b7f02629c' },
];

const fashion = { url: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/' };

export const fashionMnistFiles: readonly Archive[] = [
  {
    ...fashion,
    file: 'train-images-idx3-ubyte.gz',
    size: 26_421_880,
    md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
  },
  { ...fashion, file: 'train-labels-idx1-ubyte.gz', size: 29_515, md5: '25c81989df183df01b3e8a0aad5dffbe' },
  { ...fashion, file: 't10k-images-idx3-ubyte.gz', size: 4_422_102, md5: 'bef4ecab320f06d8554ea6380940ec79' },
  { ...fashion, file: 't10k-labels-idx1-ubyte.gz', size: 5_148, md5: 'bb300cfdad3c16e7a12a480ee83cd310' },
];
