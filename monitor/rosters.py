"""Rosters of working groups (附件2): the people on one, how each cell is written, and what a roster must have.

Below all who need it: the tables that are read, the page on which a unit fills it in, the forms.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from monitor.i18n import _
from monitor.personal import holds_resident_id
from monitor.sections import Roster

DUTIES: Final = {"leader": "组长", "lead": "牵头", "member": "成员", "contact": "联络员"}
"""Duties in a working group, as the form and the tables write them."""

_ALSO: Final = {
    "副组长": "member", "组员": "member", "联系人": "contact", "联络人": "contact", "信息联络员": "contact",
    "牵头部门": "lead", "牵头处室": "lead", "牵头单位": "lead", "牵头人": "lead", "牵头部门负责人": "lead",
}  # fmt: skip
"""How offices call the duties besides."""

LONGEST: Final = {"person": 60, "department": 100, "post": 100, "phone": 40, "mobile": 40, "email": 120}
"""How many characters each cell may have."""

MOST: Final = 200
"""More people than this are no working group."""

MUST_FIX: Final = "must_fix"
EXPLAIN: Final = "explain"

_PHONE: Final = re.compile(r"(?:0\d{2,3}-?)?[0-9]{7,8}(?:-\d{1,6})?|1\d{10}")
_MOBILE: Final = re.compile(r"1\d{10}")
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_BETWEEN: Final = re.compile(r"[、,;/]")  # a cell may hold several numbers or addresses


@dataclass(frozen=True)
class Member:
    """One line of a roster. `duty` is a key of DUTIES, or what was written where it is none."""

    duty: str
    person: str
    department: str = ""
    post: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""


CELLS: Final = tuple(field.name for field in fields(Member))


@dataclass(frozen=True)
class Problem:
    """What is wrong with a roster: a line of it (`line` from 0, `key` its cell), or the whole. No cell is repeated."""

    code: str
    grade: str
    message: str
    line: int | None = None
    key: str = ""


def tidy(text: str | None) -> str:
    """A cell as it is kept: no full-width letters and digits, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text or "").split())


def tidy_number(text: str | None) -> str:
    """A telephone number as it is kept: (0571) 8700 0000 转 12 is 0571-87000000-12."""
    return "、".join(_number(part) for part in _BETWEEN.split(tidy(text)))


def _number(text: str) -> str:
    plain = re.sub(r"[()\s]*转[分机]*", "-", text)
    plain = re.sub(r"^\+?(?:86|0086)[- ]*(?=1\d{10}$|0\d)", "", plain)
    plain = re.sub(r"^\((0\d{2,3})\)", r"\1-", plain.replace(" ", ""))
    return re.sub(r"[-—–‐−]+", "-", plain).strip("-")


def tidied(member: Member) -> Member:
    """A line with every cell as it is kept; duties by their key."""
    words = _ALSO | {word: key for key, word in DUTIES.items()}
    duty = tidy(member.duty)
    return Member(
        words.get(duty, duty),
        tidy(member.person),
        tidy(member.department),
        tidy(member.post),
        tidy_number(member.phone),
        tidy_number(member.mobile),
        tidy(member.email).replace(" ", ""),
    )


def lines_wrong(members: Sequence[Member]) -> list[Problem]:
    """What is wrong with single lines: a cell left empty, unreadable, too long, or with a resident ID number."""
    return [problem for line, member in enumerate(members) for problem in _line(line, member)]


def _line(line: int, member: Member) -> list[Problem]:
    wrong = [(code, key) for key in CELLS if (code := _cell(key, getattr(member, key)))]
    return [Problem(code, MUST_FIX, _said(code, line, key), line, key) for code, key in wrong]


def _cell(key: str, text: str) -> str:
    """What is wrong with one cell; "" for nothing."""
    if holds_resident_id(text):
        return "personal_id"
    if key == "duty":
        return "" if text in DUTIES else "duty_unreadable"
    if not text or re.fullmatch(r"[-—/]+", text):
        return "" if key == "mobile" else "text_missing"
    if len(text) > LONGEST[key]:
        return "text_too_long"
    forms = {"phone": (_PHONE, "phone_malformed"), "mobile": (_MOBILE, "phone_malformed"), "email": (_EMAIL, "email_malformed")}  # fmt: skip
    if key in forms and not all(forms[key][0].fullmatch(part) for part in _BETWEEN.split(text)):
        return forms[key][1]
    return ""


def name_of(key: str) -> str:
    """What the screen and the form call a cell."""
    names = {
        "duty": _("Duty"), "person": _("Name"), "department": _("Department"), "post": _("Position"),
        "phone": _("Office phone"), "mobile": _("Mobile"), "email": _("E-mail"),
    }  # fmt: skip
    return names[key]


def _said(code: str, line: int, key: str) -> str:
    sentences = {
        "personal_id": _("Line {line}, {cell}: a resident ID number has no place here. Delete it."),
        "duty_unreadable": _("Line {line}: choose the duty ({duties})."),
        "text_missing": _("Line {line}: {cell} is empty. Enter it."),
        "text_too_long": _("Line {line}: {cell} has more than {most} characters. Shorten it."),
        "phone_malformed": _("Line {line}, {cell}: this is no telephone number. Write it as 0571-87000000 or, a mobile, with 11 digits."),
        "email_malformed": _("Line {line}, {cell}: this is no e-mail address. Write it as name@example.cn."),
    }  # fmt: skip
    words = {"line": line + 1, "cell": name_of(key), "most": LONGEST.get(key, 0), "duties": "、".join(DUTIES.values())}
    return sentences[code].format(**words)


def wrong(members: Sequence[Member], rule: Roster) -> list[Problem]:
    """What the roster as a whole lacks: a leader, the department in the lead, other departments, someone to reach."""
    if not members:
        return [Problem("roster_empty", MUST_FIX, _("There is nobody on the roster. Enter the working group."))]
    found = []
    duties = {member.duty for member in members}
    if "leader" not in duties:
        found.append(Problem("roster_no_leader", MUST_FIX, _("No leader (组长) is named. Name one.")))
    if "contact" not in duties:
        message = _("No contact (联络员) is named: somebody has to be reached by phone and e-mail. Name one.")
        found.append(Problem("roster_no_contact", MUST_FIX, message))
    if "lead" not in duties:
        found.append(Problem("roster_no_lead", MUST_FIX, _("No department is in the lead (牵头). Name its member.")))
    elif rule.lead and not _any(rule.lead, [member for member in members if member.duty == "lead"]):
        message = _("The department in the lead (牵头) should be that of teachers or personnel ({words}). Check it.")
        found.append(Problem("roster_lead_department", EXPLAIN, message.format(words="、".join(rule.lead))))
    for department in rule.departments:
        if not _any([department.name, *department.words], members):
            message = _("Nobody from {department} is on the roster. Add somebody, or explain it to the province.")
            found.append(Problem("roster_department_missing", EXPLAIN, message.format(department=department.name)))
    if len(members) > MOST:
        found.append(Problem("roster_too_long", MUST_FIX, _("There are more than {most} people.").format(most=MOST)))
    return found


def _any(words: Sequence[str], members: Sequence[Member]) -> bool:
    return any(word in member.department for word in words for member in members)
