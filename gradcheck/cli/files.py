"""Files written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from gradcheck.errors import UsageError


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path`; whoever reads it meanwhile finds the old file or the new one, never a part.

    An existing file keeps its mode, and a link stays a link.

    Raises:
        UsageError: the folder is not there, or the file or folder may not be written.
    """
    real = path.resolve()
    if real.exists() and not os.access(real, os.W_OK):
        raise UsageError(f"may not write {path}: it is read-only", hint=f"chmod u+w {path}")
    try:
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", hint="name a folder that is there"
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if real.exists():
            shutil.copymode(real, name)
        else:
            Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(real)
    except BaseException:
        Path(name).unlink()
        raise


def _umask() -> int:
    """The process's mask; the only way to read it is to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
