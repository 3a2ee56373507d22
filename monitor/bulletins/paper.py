"""A bulletin as an official document: its sentences as paragraphs, its tables as annexes."""

from monitor.bulletins.parts import HEADING1, HEADING2, TEXT, Content, written
from monitor.documents import official
from monitor.documents.official import Paper, Paragraph, Sheet

_ROLES = {TEXT: official.BODY, HEADING1: official.HEADING1, HEADING2: official.HEADING2}


def paper(content: Content) -> Paper:
    """The document that is printed."""
    return Paper(
        head=content.head,
        number=content.number,
        title=content.title,
        addressees=content.addressees,
        body=official.numbered(_paragraphs(content)),
        signed=content.signed,
        dated=content.dated,
        sheets=tuple(
            Sheet(
                annex.title,
                annex.columns,
                annex.widths,
                tuple(tuple(written((cell,)) for cell in row) for row in annex.rows),
            )
            for annex in content.annexes
        ),
    )


def _paragraphs(content: Content) -> list[Paragraph]:
    found: list[Paragraph] = []
    for sentence in content.sentences:
        role = _ROLES[sentence.role]
        if role == official.BODY and not sentence.begins and found and found[-1].role == official.BODY:
            found[-1] = Paragraph(role, found[-1].text + sentence.text)
        else:
            found.append(Paragraph(role, sentence.text))
    return found
