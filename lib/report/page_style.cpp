#include "report/page_style.h"

namespace lifeboat::report {

std::string_view page_style() noexcept {
  return R"css(
:root{color-scheme:light dark;
--paper:#fdfdfb;--ink:#1b1d20;--soft:#585d65;--rule:#dadbdd;--faint:#c9cbce;
--accent:#1f5f8a;--bad:#a5301f;--care:#7a5200;
--band1:#f3f3f1;--band2:#e6e7e7;--band3:#d6d9db;--cone:#e3edf3}
@media screen and (prefers-color-scheme:dark){:root{
--paper:#16181b;--ink:#e4e5e6;--soft:#a2a7ae;--rule:#32363b;--faint:#484d53;
--accent:#7db4dc;--bad:#f0907f;--care:#d9b264;
--band1:#1f2226;--band2:#2a2e33;--band3:#373c42;--cone:#20303c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;
font-variant-numeric:tabular-nums lining-nums;overflow-wrap:anywhere}
main{max-width:80ch;margin:0 auto;padding:48px 24px 64px}
h1,h2,p,dl,dd,figure,ul,table{margin:0;padding:0}
h1{font-size:30px;line-height:1.2;font-weight:600;letter-spacing:-.01em;margin:2px 0 6px}
h2{font-size:17px;line-height:1.3;font-weight:600;margin-bottom:4px}
a{color:var(--accent)}
section{border-top:1px solid var(--rule);margin-top:36px;padding-top:14px}
section>p{max-width:66ch;color:var(--soft);margin-bottom:14px}
section>p.said{color:var(--ink)}
.over{font-size:12.5px;color:var(--soft);letter-spacing:.04em}
.facts{color:var(--soft)}
.verdict{font-size:21px;line-height:1.42;margin:26px 0 0;padding-top:20px;border-top:2px solid var(--ink)}
.verdict b{letter-spacing:.03em}
.good{color:var(--accent)}.bad{color:var(--bad)}.care{color:var(--care)}.quiet{color:var(--soft)}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:18px 20px;margin-top:26px}
.figures dt{font-size:12.5px;color:var(--soft)}
.figures dd{font-size:24px;line-height:1.25;letter-spacing:-.01em}
.figures dd small{display:block;font-size:12.5px;letter-spacing:0;color:var(--soft)}
table{width:100%;border-collapse:collapse;font-size:13.5px;line-height:1.45}
th{font-weight:400;font-size:12.5px;color:var(--soft);text-align:left;vertical-align:bottom}
th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
tbody th{font-size:13.5px;color:var(--ink);vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap}
td small,tbody th small{display:block;font-size:12.5px;color:var(--soft)}
table.grid{table-layout:fixed}
.v{overflow-wrap:normal}
.key{white-space:nowrap}
.list{list-style:none}
.list li{padding:5px 0;border-bottom:1px solid var(--rule);font-size:13.5px}
.list small{color:var(--soft);font-size:12.5px;display:block}
details{margin-top:12px;font-size:13.5px}
summary{cursor:pointer;color:var(--soft);margin-bottom:6px}
code,pre,.id{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:12.5px}
pre{white-space:pre-wrap;margin:10px 0;padding:10px 12px;background:var(--band1)}
figure+figure,p+figure{margin-top:10px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg.narrow{display:none}
svg.m{display:inline-block;width:11px;height:11px;vertical-align:-1px;margin-right:5px}
svg.defs{position:absolute;width:0;height:0}
svg text{font-size:12px;fill:var(--soft)}
svg .ink{fill:var(--ink)}svg .strong{fill:var(--ink);font-weight:600}
svg text.bad{fill:var(--bad);font-weight:600}svg text.care{fill:var(--care)}svg .goal-label{fill:var(--ink)}
.axis{stroke:var(--soft);stroke-width:1}.rule{stroke:var(--rule);stroke-width:1}
.goal{stroke:var(--ink);stroke-width:1.5;fill:none}
.drop{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3}
.band1{fill:var(--band1)}.band2{fill:var(--band2)}.band3{fill:var(--band3)}
.fill{fill:var(--accent)}.fill-bad{fill:var(--bad)}.fill-care{fill:var(--care)}.fill-aside{fill:var(--faint)}
.thread{stroke:var(--accent);stroke-width:1.2;fill:none}.cone{fill:var(--cone)}
.dots{stroke:var(--accent);stroke-width:4;stroke-linecap:round;fill:none}
.empty{stroke:var(--faint);stroke-width:2;stroke-linecap:round;fill:none}
footer{margin-top:36px;padding-top:14px;border-top:1px solid var(--rule);font-size:12.5px;color:var(--soft)}
@media (max-width:600px){main{padding:24px 16px 40px}
.figures{grid-template-columns:1fr 1fr}.verdict{font-size:18px}h1{font-size:25px}
svg.wide{display:none}svg.narrow{display:block;max-width:420px}
th,td{padding-right:9px}.far{display:none}}
@media print{@page{size:A4;margin:18mm 17mm}
body{font-size:10pt;background:#fff}main{max-width:none;padding:0}
section{break-inside:avoid-page;margin-top:22px}section.long{break-inside:auto}
h2{break-after:avoid}tr,figure,li{break-inside:avoid}thead{display:table-header-group}
svg.wide{display:block}svg.narrow{display:none}a{color:inherit;text-decoration:none}
details>summary{display:none}.figures{grid-template-columns:repeat(4,1fr)}.far{display:table-cell}}
)css";
}

std::string_view page_marks() noexcept {
  return R"svg(<svg class="defs" aria-hidden="true"><defs>
<circle id="passed" r="3.2" fill="var(--accent)"/>
<g id="objective_missed"><circle r="3.7" fill="var(--paper)" stroke="var(--care)" stroke-width="1.4"/><path d="M0-3.7a3.7 3.7 0 0 1 0 7.4z" fill="var(--care)"/></g>
<path id="failed" d="M-3.4-3.4 3.4 3.4M-3.4 3.4 3.4-3.4" stroke="var(--bad)" stroke-width="2.2"/>
<path id="errored" d="M0-4.2 4.2 0 0 4.2-4.2 0z" fill="var(--paper)" stroke="var(--bad)" stroke-width="1.5"/>
<circle id="missed" r="3.4" fill="none" stroke="var(--soft)" stroke-width="1.3" stroke-dasharray="2 1.5"/>
<path id="aborted" d="M-3-3H3V3H-3z" fill="var(--paper)" stroke="var(--soft)" stroke-width="1.4"/>
<path id="cleanup_failed" d="M0-4.2 4.2 3.4H-4.2z" fill="var(--bad)"/>
<g id="crossing"><circle r="4.6" fill="none" stroke="var(--ink)" stroke-width="1.3"/><circle r="1.6" fill="var(--ink)"/></g>
</defs></svg>
)svg";
}

}  // namespace lifeboat::report
