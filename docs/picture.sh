#!/usr/bin/env bash
# Makes the README's pictures, docs/report.png and docs/report-html.png, from what
# logsleuth really prints on the sample that ships with it. Wants Debian's aha, chromium and util-linux.
set -euo pipefail
cd "$(dirname "$0")/.."
columns=100 lines=54
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

go build -o "$work/logsleuth" .
(cd testdata/cases/flood && COLORFGBG='15;0' TERM=xterm-256color script -qec \
  "stty cols $columns; $work/logsleuth analyze --no-pager error.log syslog" /dev/null) </dev/null |
  tr -d '\r' | sed $'s/\x1b\\][^\a\x1b]*\\(\a\\|\x1b\\\\\\)//g; s/\x1b\\[6n//g' | sed -n "1,${lines}p" >"$work/report.ansi"
{
  echo '<meta charset="utf-8"><style>body{margin:0;background:#14181f;color:#d7dae0;padding:22px 28px;
    font:15px/1.32 "DejaVu Sans Mono",monospace} pre{margin:0;font:inherit} .p{color:#8a93a3}</style>'
  echo '<pre><span class="p">$ logsleuth analyze error.log syslog</span></pre>'
  aha --no-header --black <"$work/report.ansi" | sed '1s/^/<pre>/'; echo '</pre>'
} >"$work/report.html"
# shoot WIDTH,HEIGHT PICTURE PAGE
shoot() {
  chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/profile" \
    --window-size="$1" --screenshot="$work/$2" "file://$work/$3" >"$work/log" 2>&1
  mv "$work/$2" "docs/$2"
}
shoot 990,1150 report.png report.html
(cd testdata/cases/flood && "$work/logsleuth" analyze --format html -o "$work/page.html" error.log syslog)
shoot 1120,1180 report-html.png page.html
