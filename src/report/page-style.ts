/** The page's look: one column of 56 rem, steps of 0.5 rem, the embedded font, light or dark as the reader prefers. */
export const pageStyle = `
:root{color-scheme:light dark;--ground:#fff;--text:#1c1f23;--muted:#5b626c;--line:#e3e6ea;--soft:#f6f7f9;--link:#0b63a5}
@media (prefers-color-scheme:dark){:root{--ground:#16181c;--text:#e8eaed;--muted:#9aa1ab;--line:#2c3036;--soft:#1e2126;--link:#7cc0f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.55 "Atkinson Hyperlegible",sans-serif}
main{max-width:56rem;margin:0 auto;padding:3rem 1rem 5rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 1rem}
h2{font-size:1.375rem;line-height:1.3;margin:3.5rem 0 1rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.0625rem;margin:0 0 .5rem}
p{margin:0 0 1rem;max-width:44rem;overflow-wrap:anywhere}
.lead{font-size:1.125rem}
a{color:var(--link)}
figure{margin:2rem 0}
figcaption{color:var(--muted);font-size:.9375rem;margin-top:.5rem;max-width:44rem}
.note{display:block}
.files{display:inline-flex;gap:.75rem;font-size:.875rem}
.chart{overflow-x:auto;min-height:8rem}
.table{overflow-x:auto;margin:1.5rem 0}
.brushed{overflow:auto;max-height:22rem;border:1px solid var(--line);border-radius:4px}
.brushed thead th{position:sticky;top:0;background:var(--ground)}
[role=status]{color:var(--muted);font-size:.9375rem;margin:1rem 0 .5rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:700;padding:0 0 .5rem}
th,td{text-align:left;padding:.375rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:700;vertical-align:bottom}
td.number,th.number{text-align:right}td.number,.brushed th,.brushed td{white-space:nowrap}
tbody tr:hover{background:var(--soft)}
th button{all:unset;cursor:pointer}
th button:focus-visible{outline:2px solid var(--link)}
th[aria-sort=ascending] button::after{content:" ↑"}
th[aria-sort=descending] button::after{content:" ↓"}
#vg-tooltip-element.vg-tooltip{font:.875rem/1.4 "Atkinson Hyperlegible",sans-serif;background:var(--ground);color:var(--text);border-color:var(--line)}
@media print{.brushed{max-height:none;border:0}main{max-width:none}}
`
