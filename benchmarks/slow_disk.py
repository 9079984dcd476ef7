"""A disk that takes its time, as those of small rented machines do: a sync of 4 KB takes 5 ms there and more, on the best ones 0.1."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYNC_S = 0.005
_SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
#define LATE(call) int call(int file) { usleep(%d); return ((int (*)(int)) dlsym(RTLD_NEXT, #call))(file); }
LATE(fsync)
LATE(fdatasync)
"""


def is_to_be_had() -> bool:
    """Whether this machine has a C compiler, which `slow_disk` needs."""
    return shutil.which("cc") is not None


@contextmanager
def slow_disk() -> Iterator[None]:
    """Processes that are started meanwhile wait `SYNC_S` longer in each fsync and fdatasync. This one does not."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "late.c"), Path(folder, "late.so")
        source.write_text(_SOURCE % (SYNC_S * 1e6))
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        before = os.environ.get("LD_PRELOAD")
        os.environ["LD_PRELOAD"] = f"{library}:{before}" if before else str(library)
        try:
            yield
        finally:
            os.environ.pop("LD_PRELOAD")
            if before:
                os.environ["LD_PRELOAD"] = before
