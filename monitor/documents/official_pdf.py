"""An official document as PDF, with the measures of the .docx and open fonts embedded; the same document, the same
bytes."""

from typing import Any, Final

from monitor.documents import official, pdf
from monitor.documents.official import Paper, Sheet

_SOURCE: Final = r"""
#set document(title: data.title.replace("\n", ""))
#set par(leading: data.line * 1pt - 16pt, spacing: data.line * 1pt - 16pt, first-line-indent: 0pt, justify: true)
#set text(tracking: data.pitch * 1pt)
#set page(footer-descent: 0pt, footer: context {
  let number = counter(page).get().first()
  // The dashes stand 7 mm below the text; one character away from the edge, to the right on odd pages.
  place(top + if calc.odd(number) { right } else { left }, dy: 7mm - 7pt, dx: if calc.odd(number) { -14pt } else { 14pt },
    text(font: 宋体, size: 四号, tracking: 0pt)[— #number —])
})
#let 空行(n) = for _ in range(n) [#par(hide[空])]
#let 段(body, indent: 2) = par(first-line-indent: (amount: indent * data.char * 1pt, all: true), body)
#let 居中(body) = { set par(justify: false); align(center, body) }
#let 靠右(n, body) = { set par(justify: false); align(right, pad(right: n * data.char * 1pt, body)) }

#if data.head != "" {
  空行(2)
  居中(标题(size: data.head_size * 1pt, text(fill: rgb(data.red), data.head)))
  空行(2)
}
#if data.number != "" or data.head != "" { 居中(data.number) }
#if data.head != "" { block(above: 4mm, below: 0pt, line(length: 100%, stroke: 1.5pt + rgb(data.red))) }
#if data.number != "" or data.head != "" { 空行(2) }
#{ set par(leading: 14pt); 居中(标题(逐行(data.title))) }
#空行(1)
#if data.addressees != "" { par(data.addressees + "：") }
#for entry in data.body {
  if entry.role == "heading1" { block(sticky: true, 段(text(font: 黑体, weight: "medium", entry.text))) }
  else if entry.role == "heading2" { block(sticky: true, 段(text(font: 楷体, entry.text))) }
  else { 段(entry.text) }
}
#if data.note.len() > 0 { 空行(1); for line in data.note { 段(line) } }
#空行(2)
#block(width: 100%, breakable: false, { 靠右(data.signed_right, data.signed); 靠右(data.dated_right, data.dated) })
#for sheet in data.sheets {
  pagebreak()
  par(text(font: 黑体, weight: "medium", sheet.mark))
  空行(1)
  居中(标题(size: 小二, sheet.title))
  空行(1)
  set text(size: 五号, tracking: 0pt)
  set par(leading: 3pt, justify: false)
  table(
    columns: sheet.widths.map(part => part * 1fr),
    inset: (x: 2.5pt, y: 4.2pt),
    stroke: 0.5pt,
    align: (column, row) => horizon + if row > 0 and sheet.numeric.at(column) { right } else { center },
    table.header(..sheet.columns.map(name => text(font: 黑体, weight: "medium", name))),
    ..sheet.rows.flatten(),
  )
}
"""


def render(paper: Paper) -> bytes:
    """The document as a PDF file.

    Raises:
        PdfError: as pdf.render.
    """
    return pdf.render(_SOURCE, _data(paper), day=paper.dated)


def _data(paper: Paper) -> dict[str, Any]:
    signed, dated = official.signature_indents(paper)
    return {
        "line": official.LINE - 0.05,
        "pitch": official.CHARACTER - official.BODY_SIZE,
        "char": official.CHARACTER,
        "red": f"#{official.RED}",
        "head": paper.head,
        "head_size": official.head_size(paper.head),
        "number": paper.number,
        "title": paper.title,
        "addressees": paper.addressees,
        "body": [{"role": paragraph.role, "text": paragraph.text} for paragraph in paper.body],
        "note": list(paper.annex_note),
        "signed": paper.signed,
        "dated": official.day_in_full(paper.dated),
        "signed_right": signed,
        "dated_right": dated,
        "sheets": [_sheet(paper.annex_mark(number), sheet) for number, sheet in enumerate(paper.sheets, 1)],
    }


def _sheet(mark: str, sheet: Sheet) -> dict[str, Any]:
    return {
        "mark": mark,
        "title": sheet.title,
        "columns": list(sheet.columns),
        "widths": list(sheet.widths),
        "numeric": list(sheet.numeric),
        "rows": [list(row) for row in sheet.rows],
    }
