"""What a zip file says when it is damaged: workbooks, documents and archives are zip files, and `zipfile` has many words for it."""

import zipfile
import zlib
from typing import Final

NO_DIRECTORY: Final = (zipfile.BadZipFile, NotImplementedError, ValueError)
"""Opening it: its directory is missing or damaged, or is of a kind that is not known."""

NO_CONTENT: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""Reading a part of it: the part is cut off or damaged, packed in a way that is not known, or under a password."""
