"""What Streamlit tells every browser at the beginning of a run, strangers too, and nobody needs to know."""

from pathlib import Path
from typing import Final

from starlette.types import Message, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_HERE: Final = str(Path(__file__).parent).encode()
"""The folder of the program's script: it stands in the messages that are looked into."""


def telling(send: Send) -> Send:
    """Send on what Streamlit sends, without where the program lies and what machine it runs on."""

    async def sending(message: Message) -> None:
        content = message.get("bytes")
        if content and _HERE in content:
            message = {**message, "bytes": _without(content)}
        await send(message)

    return sending


def _without(content: bytes) -> bytes:
    told = ForwardMsg()
    told.ParseFromString(content)
    if told.WhichOneof("type") != "new_session":
        return content
    begun = told.new_session
    begun.main_script_path = Path(begun.main_script_path).name
    begun.initialize.environment_info.python_version = ""
    begun.initialize.environment_info.server_os = ""
    begun.initialize.user_info.Clear()
    begun.initialize.user_info.SetInParent()  # the page looks for it, but not into it
    changed: bytes = told.SerializeToString()
    return changed
