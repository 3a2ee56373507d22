"""Invented people for rosters in tests, plainly so."""

from monitor.rosters import DUTIES, Member

COMPLETE = [
    Member("leader", "演示甲", "办公室", "副局长", "0571-00000001", "", "a@example.cn"),
    Member("lead", "演示乙", "教师工作处", "处长", "0571-00000002", "", "b@example.cn"),
    Member("member", "演示丙", "发展规划处", "科长", "0571-00000003", "", "c@example.cn"),
    Member("member", "演示丁", "财务处", "科长", "0571-00000004", "", "d@example.cn"),
    Member("member", "演示戊", "信息化中心", "主任", "0571-00000005", "", "e@example.cn"),
    Member("contact", "演示己", "教师工作处", "科员", "0571-00000006", "10000000006", "f@example.cn"),
]
"""A roster in which nothing is missing."""

SECRETS = ("演示甲", "演示己", "0571-00000006", "10000000006", "f@example.cn")
"""What must be nowhere after an erasure."""


def cells(member: Member) -> list[str]:
    """A person as the cells of a table's row, in the order of the form."""
    duty = DUTIES[member.duty]
    return [duty, member.person, member.department, member.post, member.phone, member.mobile, member.email]
