import { escapeHtml } from './chart.ts';

/** One figure of a headline. */
export interface Figure {
  readonly value: string;
  readonly name: string;
  readonly note?: string;
}

/** A whole page that loads nothing from anywhere; light or dark as the reader's system is. */
export function page({ title, body }: { readonly title: string; readonly body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body><main>${body}</main></body>
</html>
`;
}

/** A section under a heading, with a sentence that says how to read it. */
export function section(
  { title, lead = '' }: { readonly title: string; readonly lead?: string },
  body: string,
): string {
  return `<section><h2>${escapeHtml(title)}</h2>${lead === '' ? '' : `<p class="lead">${escapeHtml(lead)}</p>`}${body}</section>`;
}

/** Figures beside each other. */
export function figures(list: readonly Figure[]): string {
  const each = list.map(
    ({ value, name, note }) =>
      `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}${note === undefined ? '' : `<small>${escapeHtml(note)}</small>`}</dd></div>`,
  );
  return `<dl class="figures">${each.join('')}</dl>`;
}

/** A table; the first columns are text, the others are numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { textColumns = 1 }: { readonly textColumns?: number } = {},
): string {
  const cells = (row: readonly string[], tag: 'td' | 'th') =>
    row.map((cell, at) => `<${tag}${at < textColumns ? ' class="text"' : ''}>${escapeHtml(cell)}</${tag}>`).join('');
  const lines = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
  return `<div class="scroll"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

/** A chart with its caption. */
export function captioned(chart: string, caption: string): string {
  return `<figure>${chart}<figcaption>${caption}</figcaption></figure>`;
}

const style = `
:root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1d2024;--soft:#62676e;--line:#e3e1da;--grid:#efede7;
--genuine:#1f6f8b;--impostor:#c2693d;--bad:#a8372f;--shade:#f1efe9}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--card:#1c1f23;--ink:#e7e6e2;--soft:#9aa0a8;--line:#30343a;--grid:#262a2f;
--genuine:#6cb7d1;--impostor:#e29a6e;--bad:#e58a80;--shade:#22262b}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1040px;margin:0 auto;padding:48px 24px 80px}
header{border-bottom:1px solid var(--line);padding-bottom:28px}
.kicker{margin:0;color:var(--soft);font-size:.82rem;letter-spacing:.08em;text-transform:uppercase}
h1{margin:.15em 0 0;font-size:3.3rem;line-height:1.1;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
h1 small{font-size:1.35rem;font-weight:400;letter-spacing:0;color:var(--soft);margin-left:.35em}
header p.says{max-width:46em;margin:.9em 0 0}
h2{font-size:1.25rem;font-weight:650;margin:0 0 .3em}
section{margin-top:44px}
.lead{color:var(--soft);max-width:52em;margin:.1em 0 1.1em}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1px;margin:28px 0 0;background:var(--line);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.figures div{background:var(--card);padding:14px 16px}
.figures dt{color:var(--soft);font-size:.82rem}
.figures dd{margin:.1em 0 0;font-size:1.4rem;font-weight:600;font-variant-numeric:tabular-nums}
.figures small{display:block;font-size:.76rem;font-weight:400;color:var(--soft);line-height:1.35}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:20px}
.stack{display:grid;gap:20px;align-content:space-between}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 14px 12px}
figcaption{color:var(--soft);font-size:.85rem;margin-top:6px}
.chart{display:block;width:100%;height:auto;font-size:11.5px}
.chart text{fill:var(--soft)}
.chart .name{fill:var(--ink);font-size:12.5px}
.chart .grid{stroke:var(--grid)}
.chart .axis{fill:none;stroke:var(--soft)}
.chart .curve{fill:none;stroke:var(--genuine);stroke-width:2.2;stroke-linejoin:round}
.chart .thin{stroke-width:1.2}
.chart .faint{opacity:.35}
.chart .band{fill:var(--genuine);fill-opacity:.14}
.chart .second-band{fill:var(--impostor);fill-opacity:.14}
.chart .guide{fill:none;stroke:var(--soft);stroke-dasharray:3 4;opacity:.7}
.chart .unresolved{fill:var(--shade)}
.chart .mark{fill:var(--card);stroke:var(--genuine);stroke-width:2}
.chart .second{stroke:var(--impostor)}
.chart .third{stroke:var(--soft)}
.chart .bin{fill:var(--genuine);fill-opacity:.55;stroke:var(--genuine)}
.chart .note{font-size:11.5px}
.chart .strong{fill:var(--ink)}
.chart .area{stroke-width:1.4;fill-opacity:.22}
.chart .genuine{fill:var(--genuine);stroke:var(--genuine)}
.chart .impostor{fill:var(--impostor);stroke:var(--impostor)}
.chart .threshold{stroke:var(--ink);stroke-dasharray:5 4}
.key{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin:0 .35em 0 .2em;vertical-align:-.05em}
.keyed{white-space:nowrap}.key.genuine{background:var(--genuine)}.key.impostor{background:var(--impostor)}.key.third{background:var(--soft)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th{font-weight:500;color:var(--soft);font-size:.82rem}
td,th{padding:7px 14px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}
.text{text-align:left}
tbody tr:last-child td{border-bottom:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(224px,1fr));gap:14px}
.cards.single{grid-template-columns:repeat(auto-fill,minmax(128px,1fr))}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden;font-size:.82rem}
.card .photos{display:flex;gap:1px}
.card .photo{display:block;flex:1 1 0;min-width:0;aspect-ratio:1;background:var(--shade)}
.card .photo rect{fill:none;stroke:#fff;stroke-width:2;vector-effect:non-scaling-stroke;opacity:.9}
.card p{margin:0;padding:8px 10px 9px;line-height:1.4;overflow-wrap:anywhere}
.card b{font-weight:600}.card span{color:var(--soft)}
h3{font-size:1rem;font-weight:600;margin:26px 0 10px}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
dl.how{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:0;font-size:.92rem}
dl.how dt{color:var(--soft)}dl.how dd{margin:0;overflow-wrap:anywhere}
@media (max-width:560px){main{padding:28px 16px 56px}.chart,.chart .note{font-size:14px}.chart .name{font-size:15px}h1{font-size:2.4rem}dl.how{grid-template-columns:1fr;gap:0}dl.how dd{margin-bottom:8px}}
@media print{body{background:#fff}.card,figure{break-inside:avoid}}
`;
