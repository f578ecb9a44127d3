"""Writing to the disk as durably as our packages do."""

import os


def flush(path):
    """Flushes a file and the folder that names it."""
    for name in (path, path.parent):
        descriptor = os.open(name, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
