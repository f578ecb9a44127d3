/**
 * The thread that writes checkpoints: it goes on while the one that trains computes, and keeps locks fresh. It never loads
 * TensorFlow.
 * @packageDocumentation
 */
import { workerData } from 'node:worker_threads';
import { FolderWriter } from './folder-writer.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { sendError } from './sent-error.ts';
import type { Reply, Request, WriterSetup } from './writer-messages.ts';

const { port, open, token } = workerData as WriterSetup;
const folders = new Map<string, FolderWriter>();
port.on('message', (request: Request) => void answer(request));

async function answer({ id, directory, task }: Request): Promise<void> {
  const reply = (message: Reply) => port.postMessage(message);
  try {
    await folderAt(directory).perform(task, (event) => reply({ id, kind: 'event', event }));
    reply({ id, kind: 'done' });
  } catch (error) {
    reply({ id, kind: 'failed', error: sendError(error) });
  }
  if (task.kind === 'release') folders.delete(directory);
  // After the reply: who sees that nothing is open finds all replies.
  Atomics.sub(open, 0, 1);
  Atomics.notify(open, 0);
}

function folderAt(directory: string): FolderWriter {
  const folder = folders.get(directory) ?? new FolderWriter(nodeFileSystem, directory, token);
  folders.set(directory, folder);
  return folder;
}
