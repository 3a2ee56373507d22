"""A chart drawn: JSON on standard input (spec, ending, fonts), the file on standard output. Run by ui.picture, alone."""

import json
import sys

import vl_convert

_SHARPNESS = 2.0  # pixels of a PNG for each one of the chart


def main() -> None:
    """Draw what standard input asks for. Nothing is fetched from anywhere."""
    asked = json.load(sys.stdin.buffer)
    vl_convert.register_font_directory(asked["fonts"])
    if asked["ending"] == "svg":
        svg = vl_convert.vegalite_to_svg(asked["spec"], allowed_base_urls=[])
        sys.stdout.buffer.write(svg.encode())
    else:
        sys.stdout.buffer.write(vl_convert.vegalite_to_png(asked["spec"], scale=_SHARPNESS, allowed_base_urls=[]))


if __name__ == "__main__":
    main()
