import { expect, it } from 'vitest';
import { filterChatter } from './without-chatter.ts';

const preamble = 'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n';
const information =
  'I0000 00:00:1795386837.182462    8469 port.cc:153] oneDNN custom operations are on. You may see …\n' +
  '2025-01-01 10:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary …\n';
const important =
  'W0000 00:00:1795386837.182462    8469 gpu_device.cc:2433] Cannot dlopen some GPU libraries.\n' +
  'E0000 00:00:1795386837.182462    8469 cuda_executor.cc:1228] INTERNAL: CUDA Runtime error\n' +
  '2025-01-01 10:00:00.123456: E external/local_xla/xla/stream_executor/cuda: failed call to cuInit\n' +
  'a line of somebody else\n';

it('leaves information out and keeps warnings, errors and everybody else’s lines', () => {
  expect(filterChatter(preamble + information + important)).toBe(important);
  expect(filterChatter('')).toBe('');
  expect(filterChatter('no newline at the end')).toBe('no newline at the end');
});

it('leaves out what two parts of a CUDA build register twice', () => {
  const twice =
    'E0000 00:00:1.1    1 cuda_fft.cc:467] Unable to register cuFFT factory: Attempting to register factory for …\n' +
    'W0000 00:00:1.1    1 computation_placer.cc:177] computation placer already registered. Please check …\n';
  expect(filterChatter(twice)).toBe('');
});
