"""Writing a file so that a reader sees the old content or the new one, never a part."""

import secrets
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step, for whom the umask lets read it.

    Raises:
        OSError: the folder does not take the file.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with beside.open("xb") as file:
            file.write(content)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
