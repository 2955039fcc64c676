"""The one style sheet: tokens of colour, dark and light, and what all pages share.

Text has a contrast of 7 or more with what is behind it, lines and dots of 3.
Below 44rem a row of a table becomes a card whose cells name their columns, so
that none is off the screen. On paper all that folds is open.
"""

KEPT, PRUNED = '#3b82d6', '#868686'
"""Colours of what is kept and what is pruned, on dark and on light."""

BETTER, WORSE = KEPT, '#c8641a'
"""Of a difference that is beyond chance; told apart by whoever sees no red."""

STYLE = f"""
:root {{ color-scheme: light dark; --ground: #ffffff; --ink: #1a1c20;
  --quiet: #4c515a; --line: #d3d6dc; --panel: #f4f5f7; --link: #174ea6;
  --care: #6b4200; --care-ground: #ffedc2;
  --kept: {KEPT}; --pruned: {PRUNED};
  --better: {BETTER}; --worse: {WORSE}; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ground: #14161a;
  --ink: #e8eaed; --quiet: #b4bac4; --line: #3a3f48; --panel: #1d2026;
  --link: #9cc4ff; --care: #ffd98a; --care-ground: #3d2f10; }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem;
  max-width: 68rem; color: var(--ink); background: var(--ground);
  overflow-wrap: break-word; }}
a {{ color: var(--link); }}
h1 {{ font-size: 1.5rem; margin-bottom: 0; }}
h2 {{ font-size: 1.1rem; margin: 2.2rem 0 .5rem; }}
p, figcaption {{ max-width: 46rem; color: var(--quiet); }}
figure {{ margin: 0; }}
figcaption {{ font-size: .875rem; margin: .3rem 0 0; }}
img {{ width: 100%; max-width: max-content; image-rendering: pixelated;
  border-radius: 4px; }}
svg {{ width: 100%; height: auto; }}
.pair {{ display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums;
  font-size: .875rem; }}
th, td {{ text-align: left; padding: .3rem .9rem .3rem 0;
  border-bottom: 1px solid var(--line); white-space: nowrap;
  vertical-align: top; }}
.number {{ text-align: right; }}
details {{ margin-top: .5rem; }}
summary {{ cursor: pointer; }}
.unseen {{ position: absolute; clip-path: inset(50%); width: 1px; height: 1px;
  overflow: hidden; white-space: nowrap; }}
:focus-visible {{ outline: 2px solid var(--link); outline-offset: 2px; }}
@media (max-width: 44rem) {{
  body {{ padding: 1rem; }}
  .scroll table, .scroll tbody, .scroll tr {{ display: block; }}
  .scroll thead {{ position: absolute; clip-path: inset(50%); width: 1px;
    height: 1px; overflow: hidden; }}
  .scroll tr {{ border: 1px solid var(--line); border-radius: 6px;
    padding: .3rem .7rem; margin: 0 0 .6rem; }}
  .scroll td {{ display: flex; justify-content: space-between; gap: 1rem;
    border: 0; padding: .15rem 0; white-space: normal; text-align: right;
    overflow-wrap: anywhere; }}
  .scroll td::before {{ content: attr(data-label); color: var(--quiet);
    text-align: left; overflow-wrap: normal; }}
  .scroll td:first-child {{ font-weight: 600; text-align: left; }}
  .scroll td:first-child::before, .two td::before {{ content: none; }}
  .scroll.two tr {{ display: flex; justify-content: space-between; gap: 1rem;
    border-width: 0 0 1px; border-radius: 0; padding: .1rem 0; margin: 0; }}
}}
@media print {{
  :root {{ color-scheme: light; --ground: #ffffff; --ink: #000000;
    --quiet: #333333; --line: #bbbbbb; --panel: #ffffff; --link: #000000;
    --care: #000000; --care-ground: #eeeeee; }}
  body {{ max-width: none; padding: 0; font-size: 10pt;
    print-color-adjust: exact; }}
  details::details-content {{ display: block; content-visibility: visible;
    block-size: auto; }}
  th, td {{ font-size: 9pt; padding: .1rem .5rem .1rem 0; }}
  .scroll {{ overflow: visible; }}
  .scroll :is(th, td, small) {{ white-space: normal !important; }}
  .scroll:has(th:nth-child(7)) :is(th, td, small) {{
    font-size: 7pt !important; padding-right: .3rem; }}
  .scroll:has(th:nth-child(12)) :is(th, td, small) {{
    font-size: 6pt !important; padding-right: .15rem; }}
  main .pair {{ grid-template-columns: repeat(2, minmax(0, 1fr)); }}
  summary {{ list-style: none; }}
  figure, tr, .panel {{ break-inside: avoid; }}
  h2, h3, summary, summary + p, h3 + p {{ break-after: avoid; }}
}}
"""
