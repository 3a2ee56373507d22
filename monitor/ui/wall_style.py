"""How the wall display looks: sizes follow the screen, so that 1920×1080 and 3840×2160 show the same picture."""

from typing import Final

SHELL: Final = """<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"],
[data-testid="stStatusWidget"] { display: none !important; }
.stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"] { background: #0b1219 !important; color: #e8edf3 !important; }
[data-testid="stHeading"] h1 { color: #fff; }
.stMainBlockContainer { padding: 1rem !important; max-width: none !important; }
[data-stale="true"] { opacity: 1 !important; }
</style>"""
"""Nothing but the display: no menu, no head; and no fading while it looks for newer data."""

STYLE: Final = """<style>
.wall { position: fixed; inset: 0; z-index: 100; box-sizing: border-box; padding: 1.8vh 1.6vw; overflow: hidden; background: #0b1219; color: #e8edf3;
  display: grid; grid-template: auto minmax(0, 1fr) auto / 25fr 44fr 31fr; gap: 1.6vh 1.4vw; font-size: 2.3vh; line-height: 1.25;
  font-variant-numeric: tabular-nums; }
.wall header, .wall .foot { grid-column: 1 / -1; }
.wall header { display: flex; align-items: baseline; gap: 2vw; border-bottom: 2px solid #2b3a4a; padding-bottom: 1vh; }
.wall header strong { font-size: 3.6vh; color: #fff; }
.wall header p { margin: 0 0 0 auto; }
.wall header a { color: #8fc1ee; }
.wall header a:focus-visible, .wall .tiles a:focus-visible { outline: 3px solid #fff; }
.wall h2 { font-size: 2.8vh !important; padding: 0 !important; margin: 0; font-weight: 600; color: #c3d0dd; }
.wall p { margin: 0; font-size: inherit; }
.wall .left, .wall .right, .wall .middle { min-height: 0; min-width: 0; display: flex; flex-direction: column; gap: 1.6vh; }
.wall article { background: #131d28; border-radius: .8vh; padding: 1.6vh 1.2vw; flex: 1 1 0; display: flex; flex-direction: column; justify-content: center; gap: .6vh; min-height: 0; }
.wall article:first-child { flex-grow: 1.25; }
.wall .huge { font-size: 11vh; line-height: 1.05; font-weight: 700; color: #fff; white-space: nowrap; letter-spacing: -.02em; }
.wall .large { font-size: 6.4vh; line-height: 1.1; font-weight: 700; color: #fff; white-space: nowrap; }
.wall .chip { border-radius: .6vh; padding: .2vh .5vw; color: #fff; font-size: 2.3vh; font-weight: 600; white-space: nowrap; }
.wall .chips { display: flex; flex-wrap: wrap; gap: .8vh .5vw; }
.wall .bar { display: block; position: relative; height: 1.6vh; border-radius: .8vh; background: #2b3a4a; }
.wall .bar > span { display: block; height: 100%; border-radius: .8vh; }
.wall .bar > i { position: absolute; top: -.7vh; bottom: -.7vh; width: .45vh; background: #fff; }
.wall .right { background: #131d28; border-radius: .8vh; padding: 1.6vh 1.2vw; }
.wall ol { list-style: none; margin: 0 !important; padding: 0; display: flex; flex-direction: column; justify-content: space-evenly; flex: 1 1 0; min-height: 0; overflow: hidden; }
.wall ol.columns { display: grid; grid-template-rows: repeat(12, minmax(0, 1fr)); grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 0 2vw; }
.wall li { display: grid; grid-template-columns: minmax(0, 1fr) auto 6.6em; align-items: center; gap: .3vh .8vw; margin: 0; padding: 0; font-size: 2.1vh; }
.wall li .name { font-size: 3vh; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.wall li .name.long { font-size: 2.3vh; }
.wall li em { display: inline-block; width: 1.5em; margin-right: .4em; border-radius: .4vh; text-align: center; font-style: normal; font-size: .75em; color: #fff; vertical-align: middle; }
.wall li b { font-size: 3.2vh; color: #fff; text-align: right; }
.wall li small { font-size: 2.1vh; white-space: nowrap; color: #ffb787; text-align: right; }
.wall li .bar { grid-column: 1 / -1; height: .9vh; }
.wall ol.columns li { grid-template-columns: minmax(0, 1fr) auto; }
.wall ol.columns li small { display: none; }
.wall ol.columns li .name, .wall ol.columns li b { font-size: 2.4vh; }
.wall .tiles { flex: 1 1 0; min-height: 0; overflow: hidden; }
.wall .tiles nav { min-width: 0; height: 100%; grid-auto-rows: minmax(0, 1fr); }
.wall .tiles a { min-height: 0; height: calc(100% - 2px); font-size: min(28vh / var(--rows), 15.5vw / var(--columns), 5vh); line-height: 1.1; }
.wall .tiles .long { display: none; }
.wall .tiles .short, .wall .tiles small i { display: inline; }
.wall .tiles small { font-size: .72em; letter-spacing: -.03em; }
.wall .middle > p { font-size: 1.8vh; color: #c3d0dd; }
.wall dl { display: grid; grid-template-columns: 1.25fr repeat(4, 1fr); gap: 1.4vw; margin: 0; padding: 0; }
.wall dl > div { background: #131d28; border-radius: .8vh; padding: 1vh 1.2vw; }
.wall dt { font-size: 2.2vh; color: #c3d0dd; font-weight: 600; }
.wall dd { margin: 0; font-size: 2.1vh; color: #c3d0dd; white-space: nowrap; }
.wall dt + dd { font-size: 5vh; line-height: 1.15; font-weight: 700; color: #fff; }
@media (max-aspect-ratio: 1/1) {
  .wall { position: static; display: flex; flex-direction: column; overflow: visible; font-size: 1rem; }
  .wall header { flex-wrap: wrap; } .wall header p { margin: 0; } .wall header strong { font-size: 1.3rem; } .wall h2 { font-size: 1.1rem !important; }
  .wall .left { flex-direction: row; flex-wrap: wrap; } .wall article { flex: 1 1 8rem; } .wall .huge { font-size: 3rem; } .wall .large { font-size: 2rem; }
  .wall .chip, .wall li small, .wall dt, .wall dd, .wall .middle > p { font-size: .9rem; } .wall li .name, .wall li b { font-size: 1.1rem; }
  .wall li { font-size: .85rem; } .wall ol.columns { display: flex; } .wall ol { gap: .6rem; flex: none; } .wall li .name.long { font-size: 1rem; } .wall li .bar { height: .4rem; }
  .wall .tiles { flex: none; } .wall .tiles nav { height: auto; } .wall .tiles a { font-size: .6875rem; min-height: 2.1rem; } .wall .tiles small i { display: none; }
  .wall dl { grid-template-columns: 1fr 1fr; } .wall dt + dd { font-size: 1.6rem; }
}
</style>"""
"""Sizes are shares of the screen's height: three per cent of it are readable from five metres on a screen of 55 inches."""
