"""Ways to a unit: the office's mail server, and the robots of group chats. Off until config.toml names them.

What is sent is text only. Passwords and keys come from the environment, never from a file.
"""

import base64
import hashlib
import hmac
import os
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import Any, Final

import requests

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.sections import Mail, Robot

PASSWORD_VARIABLE: Final = "MONITOR_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
_PATIENCE: Final = 20  # seconds


class NotSent(Exception):
    """The message did not leave, and why; safe to try again."""


class Unclear(Exception):
    """The message may have left: the other side did not say. A person has to find out."""


@dataclass(frozen=True)
class Message:
    """What is sent to one unit. `address` is a mail address, "" where there is none."""

    unit_code: str
    address: str
    subject: str
    text: str


Send = Callable[[Message], None]


def offered(campaign: Campaign) -> list[str]:
    """The channels that this installation has: mail, robot."""
    settings = campaign.chase
    return [name for name, there in (("mail", settings.mail.host), ("robot", settings.robots)) if there]


@contextmanager
def channel(campaign: Campaign, name: str) -> Iterator[Send]:
    """A way to send messages, open for as long as the block runs.

    Raises:
        NotSent: the channel cannot be reached, or is not configured. Sending itself raises NotSent or Unclear.
    """
    if name == "mail":
        with _mail(campaign.chase.mail) as send:
            yield send
    elif name == "robot":
        yield lambda message: _tell_robot(campaign, message)
    else:
        raise NotSent(_("There is no channel {name}.").format(name=name))


# ---- mail --------------------------------------------------------------------------------------------------------


@contextmanager
def _mail(settings: Mail) -> Iterator[Send]:
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_("The mail server does not answer or refuses us: {reason}").format(reason=error)) from error
    try:
        yield lambda message: _post(server, settings, message)
    finally:
        server.close()


def _connected(settings: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=_PATIENCE, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=_PATIENCE)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, os.environ.get(PASSWORD_VARIABLE, ""))
    except BaseException:
        server.close()
        raise
    return server


def _post(server: smtplib.SMTP, settings: Mail, message: Message) -> None:
    mail = EmailMessage()
    try:
        mail["From"] = Address(addr_spec=settings.sender)
        mail["To"] = Address(addr_spec=message.address)
    except ValueError as error:
        raise NotSent(_("The unit's mail address is not one.")) from error
    mail["Subject"] = message.subject
    mail["Date"] = localtime()
    mail["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="base64")
    # An SMTPException is an OSError, too: what the server said comes before what the line did.
    try:
        server.send_message(mail)
    except smtplib.SMTPServerDisconnected as error:
        raise Unclear(_broken()) from error
    except smtplib.SMTPException as error:
        raise NotSent(_("The mail server did not take the message: {reason}").format(reason=error)) from error
    except OSError as error:
        raise Unclear(_broken()) from error


def _broken() -> str:
    return _("The connection broke while the message was being handed over.")


# ---- robots ------------------------------------------------------------------------------------------------------

_HOSTS: Final = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
    "dingtalk": "https://oapi.dingtalk.com/robot/send",
}
_KEYS: Final = {"wecom": "key", "dingtalk": "access_token"}


def _tell_robot(campaign: Campaign, message: Message) -> None:
    found = next((robot for robot in campaign.chase.robots if robot.unit == message.unit_code), None)
    if found is None:
        raise NotSent(_("No group robot is configured for this unit."))
    key = os.environ.get(found.key_variable, "")
    if not key:
        raise NotSent(_("The key of the group robot is missing: set {variable}.").format(variable=found.key_variable))
    _ask(found, _parameters(found, key), {"msgtype": "text", "text": {"content": f"{message.subject}\n{message.text}"}})


def _parameters(settings: Robot, key: str) -> dict[str, str]:
    """The key as the robot's address wants it. A DingTalk robot with a signature: `token,secret`."""
    token, _comma, secret = key.partition(",")
    parameters = {_KEYS[settings.kind]: token}
    if secret:
        moment = str(round(time.time() * 1000))
        digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
        parameters |= {"timestamp": moment, "sign": base64.b64encode(digest).decode()}
    return parameters


def _ask(settings: Robot, parameters: dict[str, str], payload: dict[str, Any]) -> None:
    # The errors of `requests` repeat the address, and with it the key: they are not passed on.
    try:
        answer = requests.post(
            settings.endpoint or _HOSTS[settings.kind], params=parameters, json=payload, timeout=_PATIENCE,
            allow_redirects=False,
        )  # fmt: skip
        said = answer.json() if answer.ok else {}
    except requests.ConnectionError:
        raise NotSent(_("The group robot cannot be reached.")) from None
    except (requests.RequestException, ValueError):
        raise Unclear(_("The group robot did not answer.")) from None
    # Both answer 200 to what they refuse, too: the code in the answer counts.
    if not answer.ok or said.get("errcode") != 0:
        code = said.get("errcode", answer.status_code)
        raise NotSent(_("The group robot did not take the message (code {code}).").format(code=code))
