// Makes the page's charts and tables live. Without it the page says the same.
// Nothing from a log is ever read as HTML here: text goes in as text.
'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const stored = (id) => JSON.parse($(id).textContent);
  const el = (tag, attributes, ...children) => {
    const e = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === 'onclick') e.addEventListener('click', value);
      else if (value != null) e.setAttribute(name, value);
    }
    e.append(...children.filter((c) => c != null && c !== ''));
    return e;
  };
  const own = (o, key) => (o && Object.hasOwn(o, key) ? o[key] : undefined); // a kind may be called __proto__
  const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  const button = (label, onclick, attributes) => el('button', { type: 'button', onclick, ...attributes }, label);

  // ---- places and times, as the server writes them ----

  const drawing = stored('drawing');
  const place = (p) => {
    const colon = (p || '').lastIndexOf(':');
    const path = colon < 0 ? p : p.slice(0, colon);
    const name = colon < 0 ? undefined : own(drawing.names, path);
    return name === undefined ? p || '' : name + p.slice(colon);
  };
  const places = (list) => {
    let last = '';
    const said = list.slice(0, 4).map((p) => {
      const short = place(p);
      const name = short.slice(0, short.lastIndexOf(':') + 1);
      const again = name && name === last;
      last = name;
      return again ? short.slice(name.length) : short;
    });
    return said.join(', ') + (list.length > 4 ? ` and ${list.length - 4} more` : '');
  };

  // Seconds on the clock of the first stamp's zone, shown as they stand in the log.
  const stampForm = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(\.\d+)?(Z|([+-])(\d\d):(\d\d))?$/;
  const offset = (m) => (m[9] ? (m[9] === '-' ? -1 : 1) * (m[10] * 3600 + m[11] * 60) : 0);
  let zone = null;
  const seconds = (stamp) => {
    const m = stampForm.exec(stamp || '');
    if (!m) return NaN;
    if (zone === null) zone = offset(m);
    return Date.UTC(m[1], m[2] - 1, m[3], m[4], m[5], m[6]) / 1000 + Number(m[7] || 0) - offset(m) + zone;
  };
  const iso = (s) => new Date(Math.floor(s) * 1000).toISOString();
  const clock = (s) => iso(s).slice(11, 19);
  const day = (s) => iso(s).slice(0, 10);

  // ---- the chart ----

  const roles = {
    deed: { sign: '▲', text: 'done by a client' },
    harm: { sign: '◆', text: 'an error that a visitor met' },
    state: { sign: '■', text: 'the server itself' },
    noise: { sign: '·', text: 'everyday noise' },
  };
  const layers = Object.keys(roles);
  const known = (role) => (own(roles, role) ? role : 'state');
  const roleOf = (kind) => known(own(drawing.roles, kind));
  const maxSteps = 20000;
  const maxBands = 10;

  // A view is a timeline with what stands above it.
  const makeView = (name, timeline, bands) => {
    const first = seconds(timeline.buckets[0].start);
    const last = seconds(timeline.buckets[timeline.buckets.length - 1].start);
    const step = Math.max(timeline.bucket_seconds, 1);
    const steps = Math.round((last - first) / step);
    if (!(steps >= 0 && steps < maxSteps)) return null;
    const counts = Object.fromEntries(layers.map((l) => [l, new Array(steps + 2).fill(0)]));
    const buckets = new Array(steps + 2);
    for (const b of timeline.buckets) {
      const i = Math.round((seconds(b.start) - first) / step);
      if (!(i >= 0 && i <= steps)) continue;
      buckets[i] = b;
      for (const [kind, n] of Object.entries(b.events)) counts[roleOf(kind)][i] += n;
    }
    const times = Array.from({ length: steps + 2 }, (_, i) => first + i * step);
    return { name, step, times, counts, buckets, bands: bands.filter((b) => b.from <= b.to) };
  };
  const makeViews = () => {
    const views = [];
    const phases = (incident) => incident.phases.map((p) => ({ name: p.name, from: seconds(p.start), to: seconds(p.end), text: p.text, lines: p.lines }));
    for (const incident of drawing.incidents) {
      if (incident.timeline.buckets.length) views.push(makeView(`Incident ${incident.id}: ${incident.cause}`, incident.timeline, phases(incident)));
    }
    if (drawing.timeline.buckets.length) {
      const one = drawing.incidents.length === 1 && !views.length; // it is all that the logs have
      views.push(makeView('All logs', drawing.timeline, one ? phases(drawing.incidents[0]) : drawing.incidents.slice(0, maxBands).map((i) => (
        { name: `${i.id} ${i.cause}`, from: seconds(i.start), to: seconds(i.end), text: '', lines: [] }))));
    }
    return views.filter(Boolean);
  };

  const chart = () => {
    const root = $('chart');
    if (!root || typeof uPlot === 'undefined') return;
    const views = makeViews();
    if (!views.length) return;
    const moments = drawing.moments.map((m) => ({ ...m, from: seconds(m.time), to: m.until ? seconds(m.until) : seconds(m.time) }));
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    const laneHeight = 18;
    let view = views[0];
    let shown = {};
    let plot = null;
    let at = null; // the bucket that is read
    let pinned = false;

    const viewButtons = views.map((v) => button(v.name, () => choose(v), { 'aria-pressed': v === view }));
    const layerButtons = layers.map((l) => button('', () => { shown[l] = !shown[l]; build(); }, { class: 'layer' }));
    layers.forEach((l, i) => layerButtons[i].append(el('i', { class: `key ${l}`, 'aria-hidden': 'true' }), `${roles[l].sign} ${roles[l].text}`));
    const zooms = [
      button('+', () => zoom(0.5), { 'aria-label': 'Zoom in', title: 'Zoom in (+)' }),
      button('−', () => zoom(2), { 'aria-label': 'Zoom out', title: 'Zoom out (−)' }),
      button('All', () => whole(), { 'aria-label': 'Show all of it', title: 'Show all of it (0)' }),
    ];
    const frame = el('div', { class: 'plot', tabindex: '0', role: 'application', 'aria-label': 'Events over time', 'aria-describedby': 'chart-keys' });
    const readout = el('div', { class: 'readout', tabindex: '0', role: 'region', 'aria-label': 'What happened at the chosen time', 'aria-live': 'polite' });
    root.append(
      el('div', { class: 'controls', role: 'group', 'aria-label': 'What the chart shows' }, ...(views.length > 1 ? viewButtons : []), el('span', { class: 'space' }), el('span', { class: 'zooms' }, ...zooms)),
      frame,
      el('div', { class: 'controls', role: 'group', 'aria-label': 'Events that are drawn' }, ...layerButtons),
      readout,
      el('p', { id: 'chart-keys', class: 'dim' }, 'Point at a bar to read it, click to keep it, drag to zoom. Keys: ← → move, + − zoom, 0 all, Enter keeps, Esc lets go.'),
    );
    root.hidden = false;
    for (const e of document.querySelectorAll('.pictures')) e.hidden = true;

    const choose = (v) => {
      view = v;
      shown = {};
      viewButtons.forEach((b, i) => b.setAttribute('aria-pressed', views[i] === v));
      build();
    };
    const stacked = () => {
      const data = [view.times];
      const sum = new Array(view.times.length).fill(0);
      for (const l of layers) {
        if (shown[l]) view.counts[l].forEach((n, i) => { sum[i] += n; });
        data.push(sum.map((n, i) => (shown[l] && view.counts[l][i] ? n : null)));
      }
      return [data[0], ...data.slice(1).reverse()]; // the tallest first, the others over it
    };
    const ticks = (u, splits, axis, space, step) => splits.map((s, i) => {
      if (step >= 86400) return day(s);
      const text = step >= 60 ? clock(s).slice(0, 5) : clock(s);
      return i === 0 || day(s) !== day(splits[i - 1]) ? `${text}\n${day(s)}` : text;
    });

    const build = () => {
      const has = (l) => view.counts[l].some((n) => n > 0);
      const calm = !['deed', 'harm', 'state'].some(has);
      layers.forEach((l, i) => {
        if (shown[l] === undefined) shown[l] = has(l) && (l !== 'noise' || calm); // noise hides trouble
        layerButtons[i].hidden = !has(l);
        layerButtons[i].setAttribute('aria-pressed', shown[l]);
      });
      const grid = { stroke: colour('line'), width: 1 };
      const bars = uPlot.paths.bars({ align: 1, size: [0.94, Infinity], gap: 0 });
      const lanes = view.bands.length + (moments.length ? 1 : 0);
      if (plot) plot.destroy();
      frame.setAttribute('aria-label', `Events over time: ${view.name}`);
      at = null; pinned = false;
      plot = new uPlot({
        width: Math.max(frame.clientWidth, 200),
        height: 230 + lanes * laneHeight,
        padding: [lanes * laneHeight + 8, 34, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: true } },
        scales: { x: { time: false }, y: { range: (u, min, max) => [0, Math.max(max || 0, 1)] } },
        axes: [
          { values: ticks, incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 7776000, 31536000], stroke: colour('dim'), grid: { show: false }, ticks: grid, size: 46, space: 70, font: '12px system-ui, sans-serif' },
          { stroke: colour('dim'), grid, ticks: { show: false }, size: (u, v) => Math.max(40, 14 + 7.5 * Math.max(1, ...(v || ['']).map((t) => t.length))), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8, 1e9], values: (u, s) => s.map(number), font: '12px system-ui, sans-serif' },
        ],
        series: [{}, ...layers.map((l) => ({ label: roles[l].text, fill: colour(l), width: 0, paths: bars, points: { show: false } })).reverse()],
        hooks: {
          draw: [above],
          setCursor: [(u) => { if (!pinned && u.cursor.idx != null) read(bucketAt(u.posToVal(u.cursor.left, 'x'))); }],
        },
      }, stacked(), frame);
      root.dataset.drawn = view.name;
      read(busiest());
    };
    const bucketAt = (t) => Math.min(Math.max(Math.floor((t - view.times[0]) / view.step), 0), view.times.length - 2);
    const busiest = () => {
      let best = 0;
      let most = -1;
      view.times.forEach((_, i) => {
        const sum = layers.reduce((n, l) => n + (shown[l] ? view.counts[l][i] : 0), 0);
        if (sum > most) { most = sum; best = i; }
      });
      return best;
    };

    // Above the bars: a row for each phase, and a row of signs for single moments.
    const above = (u) => {
      const { ctx } = u;
      const ratio = uPlot.pxRatio;
      const { left, top, width } = u.bbox;
      const x = (t) => u.valToPos(t, 'x', true);
      ctx.save();
      ctx.beginPath();
      ctx.rect(left - 6 * ratio, 0, width + 12 * ratio, top + u.bbox.height); // a sign at the edge is seen whole
      ctx.clip();
      ctx.font = `${12 * ratio}px system-ui, sans-serif`;
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'left';
      view.bands.forEach((b, i) => {
        const from = x(b.from);
        const wide = Math.max(x(b.to) - from, 3 * ratio);
        const y = (i * laneHeight + 2) * ratio;
        if (from > left + width || from + wide < left) return;
        ctx.fillStyle = colour('band');
        ctx.strokeStyle = colour('dim');
        ctx.lineWidth = ratio / 2;
        ctx.beginPath();
        ctx.rect(from, y, wide, (laneHeight - 4) * ratio);
        ctx.fill();
        ctx.stroke();
        const text = ctx.measureText(b.name).width + 8 * ratio;
        const seen = Math.max(from, left);
        const end = Math.min(from + wide, left + width);
        let name = seen + 5 * ratio;
        if (end - seen < text) name = end + text < left + width ? end + 5 * ratio : seen - text + 3 * ratio;
        ctx.fillStyle = colour('text');
        ctx.fillText(b.name, Math.max(name, left + 2 * ratio), y + (laneHeight / 2 - 2) * ratio);
      });
      const y = (view.bands.length * laneHeight + laneHeight / 2) * ratio;
      for (const m of moments) {
        const from = x(m.from);
        if (Number.isNaN(from)) continue;
        ctx.fillStyle = ctx.strokeStyle = colour(known(m.role));
        ctx.lineWidth = 1.5 * ratio;
        ctx.beginPath();
        ctx.moveTo(from, y);
        ctx.lineTo(x(m.to), y);
        ctx.stroke();
        const r = 5 * ratio;
        ctx.beginPath();
        if (m.role === 'deed') { ctx.moveTo(from, y - r); ctx.lineTo(from + r, y + r); ctx.lineTo(from - r, y + r); }
        else if (m.role === 'harm') { ctx.moveTo(from, y - r); ctx.lineTo(from + r, y); ctx.lineTo(from, y + r); ctx.lineTo(from - r, y); }
        else ctx.rect(from - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
        ctx.fill();
        ctx.lineWidth = ratio;
        ctx.strokeStyle = colour('panel');
        ctx.stroke();
      }
      if (at !== null) { // the bar that is read
        const from = x(view.times[at]);
        ctx.strokeStyle = colour('text');
        ctx.lineWidth = ratio;
        ctx.strokeRect(from, top, Math.max(x(view.times[at] + view.step) - from, 2 * ratio), u.bbox.height);
      }
      ctx.restore();
    };

    const read = (i) => {
      if (i === at) return;
      at = i;
      const from = view.times[i];
      const to = from + view.step;
      const bucket = view.buckets[i];
      const item = (role, n, text, where) => el('li', {},
        el('span', { class: `t-${role}`, 'aria-hidden': 'true' }, roles[role].sign),
        el('span', { class: 'n' }, n), el('span', {}, text, ' ', el('span', { class: 'place' }, where)));
      const kinds = bucket ? Object.entries(bucket.events) : [];
      const rank = (k) => layers.indexOf(roleOf(k[0]));
      kinds.sort((a, b) => (rank(a) === 3) - (rank(b) === 3) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      const during = view.bands.filter((b) => b.from < to && b.to >= from);
      const singles = moments.filter((m) => m.from >= from && m.from < to);
      readout.replaceChildren(el('h3', {}, `${day(from)} ${clock(from)} to ${clock(to)}`, pinned ? ' (kept)' : '',
        during.length ? ` · ${during.map((b) => b.name).join(', ')}` : ''));
      const list = el('ul', {});
      for (const [kind, n] of kinds) {
        const first = own(bucket.first_lines, kind);
        list.append(item(roleOf(kind), number(n), own(drawing.kinds, kind) || kind, first ? `first: ${place(first)}` : ''));
      }
      if (!kinds.length) list.append(el('li', {}, 'no line of any log'));
      readout.append(list);
      if (singles.length) {
        readout.append(el('h3', {}, 'In the order of events'), el('ul', {}, ...singles.map((m) => (
          item(known(m.role), clock(m.from), m.text || m.kind, place(m.line))))));
      }
      for (const b of during) if (b.text) readout.append(el('p', {}, el('strong', {}, b.name), `: ${b.text} `, el('span', { class: 'place' }, places(b.lines))));
      readout.scrollTop = 0;
      if (plot) plot.redraw(false);
    };
    const keep = (on) => { pinned = on; const i = at; at = null; if (i !== null) read(i); };

    const range = () => [plot.scales.x.min, plot.scales.x.max];
    const limits = () => [view.times[0], view.times[view.times.length - 1]];
    const show = (min, max) => {
      const [low, high] = limits();
      const span = Math.min(Math.max(max - min, Math.min(2, high - low)), high - low);
      const from = Math.min(Math.max(min, low), high - span);
      plot.setScale('x', { min: from, max: from + span });
    };
    const whole = () => show(...limits());
    const zoom = (factor) => {
      const [min, max] = range();
      let middle = at === null ? (min + max) / 2 : view.times[at] + view.step / 2;
      if (middle < min || middle > max) middle = (min + max) / 2;
      show(middle - ((max - min) * factor) / 2, middle + ((max - min) * factor) / 2);
    };
    const move = (by) => {
      const i = Math.min(Math.max((at === null ? 0 : at) + by, 0), view.times.length - 2);
      const [min, max] = range();
      const t = view.times[i];
      if (t < min || t + view.step > max) show(t - (max - min) / 2, t + (max - min) / 2);
      read(i);
    };
    const keys = {
      ArrowLeft: () => move(-1), ArrowRight: () => move(1), PageUp: () => move(-10), PageDown: () => move(10),
      Home: () => move(-view.times.length), End: () => move(view.times.length),
      '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), 0: () => whole(),
      Enter: () => keep(!pinned), ' ': () => keep(!pinned), Escape: () => keep(false),
    };
    frame.addEventListener('keydown', (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || !Object.hasOwn(keys, e.key)) return;
      e.preventDefault();
      keys[e.key]();
    });
    let down = 0;
    frame.addEventListener('mousedown', (e) => { down = e.clientX; });
    frame.addEventListener('click', (e) => {
      if (Math.abs(e.clientX - down) > 3) return;
      const i = bucketAt(plot.posToVal(plot.cursor.left, 'x'));
      const again = pinned && i === at;
      pinned = false;
      read(i);
      keep(!again);
    });
    new ResizeObserver(() => { if (plot && frame.clientWidth && frame.clientWidth !== plot.width) plot.setSize({ width: frame.clientWidth, height: plot.height }); }).observe(frame);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => build());
    build();
  };

  // ---- the table of clients ----

  const pageRows = 50;
  const clients = () => {
    const table = $('clients');
    if (!table) return;
    const body = table.tBodies[0];
    const standings = ['attacker', 'suspect', 'victim', 'bystander', 'proxy', 'crawler', 'own'];
    const signs = ['▲', '◆', '○', '·', '⇄', '⌕', '⌂'];
    let all = null;
    let rows = [];
    let page = 0;
    let sort = '';
    let down = false;

    const addressKey = (ip) => {
      const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)/.exec(ip);
      return v4 ? '4' + v4.slice(1).map((n) => n.padStart(3, '0')).join('') : '6' + ip;
    };
    const keys = {
      ip: (c) => addressKey(c.ip), v: (c) => (standings.indexOf(c.v) + 99) % 99, s: (c) => c.s, e: (c) => c.e, o: (c) => c.o,
      c: (c) => c.c || '\uffff', n: (c) => (c.n || '\uffff').toLowerCase(), f: (c) => c.f,
    };
    const load = () => { // when it is needed: with many clients it takes a moment
      if (!all) all = rows = stored('everyone');
    };

    const search = el('input', { type: 'search', id: 'who-search', placeholder: 'Address, network, country…', 'aria-label': 'Show only clients with this text', autocomplete: 'off' });
    const choice = el('select', { 'aria-label': 'Show only this verdict' }, el('option', { value: '' }, 'every verdict'));
    const status = el('span', { role: 'status' });
    const back = button('Back', () => turn(-1), { 'aria-label': 'Back: clients before these' });
    const next = button('Next', () => turn(1), { 'aria-label': 'Next: clients after these' });
    $('who-tools').append(search, choice, el('span', { class: 'space' }), status);
    $('who-pages').append(back, next);
    $('who-tools').hidden = false;

    const evidence = (c, title, mine) => {
      const list = (c.ev || []).filter((e) => mine(e.w.startsWith('-')));
      return list.length ? [el('h4', {}, title), el('ul', { class: title.endsWith('against it') ? 'evidence against' : 'evidence' }, ...list.map((e) => (
        el('li', {}, el('span', { class: 'mark' }, e.w), el('span', {}, e.t, ' ', e.l ? el('span', { class: 'place' }, e.l) : '')))))] : [];
    };
    const dim = (text) => (text ? el('p', { class: 'dim' }, text) : '');
    const detail = (c) => [
      dim([c.n, c.c, c.t].filter(Boolean).join(' · ')), dim(c.k), ...(c.r || []).map(dim),
      ...evidence(c, 'What speaks for it', (against) => !against), ...evidence(c, 'What speaks against it', (against) => against),
      dim(c.m && `Known as (MITRE ATT&CK): ${c.m.join(', ')}`), dim(c.p && `Code that ran: ${c.p.join(', ')}`),
      c.x ? el('p', {}, el('strong', {}, 'To be surer: '), c.x) : '', c.l ? el('p', { class: 'dim' }, 'First lines: ', el('span', { class: 'place' }, c.l)) : '',
    ];
    const row = (c, i) => {
      const opener = button(c.ip, () => {
        const open = opener.getAttribute('aria-expanded') !== 'true';
        opener.setAttribute('aria-expanded', open);
        if (!open) { tr.nextSibling.remove(); return; }
        tr.after(el('tr', { class: `opened ${c.v}`, id: `client-${i}` }, el('td', { colspan: '8' }, ...detail(c))));
      }, { 'aria-expanded': 'false', 'aria-controls': `client-${i}` });
      const tr = el('tr', { class: c.v }, el('th', { scope: 'row', class: 'addr' }, opener),
        el('td', {}, el('span', { class: 'sign', 'aria-hidden': 'true' }, signs[standings.indexOf(c.v)] || ''), ' ', el('span', { class: 'standing' }, c.v)),
        el('td', { class: 'num' }, `${c.s}%`), el('td', { class: 'num' }, number(c.e)), el('td', { class: 'num wide' }, number(c.o)),
        el('td', {}, c.c || ''), el('td', { class: 'wide' }, c.n || ''), el('td', { class: 'wide seen' }, c.t));
      return tr;
    };
    const draw = () => {
      const from = page * pageRows;
      const some = rows.slice(from, from + pageRows);
      body.replaceChildren(...some.map((c, i) => row(c, from + i)));
      const of = rows.length === all.length ? number(all.length) : `${number(rows.length)} found among ${number(all.length)}`;
      status.textContent = rows.length ? `${number(from + 1)}–${number(from + some.length)} of ${of}` : 'no client has that';
      $('who-pages').hidden = rows.length <= pageRows;
      back.disabled = page === 0;
      next.disabled = from + pageRows >= rows.length;
    };
    const turn = (by) => {
      page += by;
      draw();
      table.scrollIntoView({ block: 'start' });
    };
    const arrange = () => {
      load();
      const text = search.value.trim().toLowerCase();
      const wanted = choice.value;
      rows = all.filter((c) => (!wanted || c.v === wanted) && (!text || [c.ip, c.v, c.c, c.n].some((s) => s && s.toLowerCase().includes(text))));
      if (sort) {
        const keyed = rows.map((c) => [keys[sort](c), c]);
        keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * (down ? -1 : 1));
        rows = keyed.map((k) => k[1]);
      }
      page = 0;
      draw();
    };
    for (const th of table.tHead.querySelectorAll('th[data-sort]')) {
      const key = th.dataset.sort;
      th.replaceChildren(button(th.textContent, () => {
        down = sort === key ? !down : ['s', 'e', 'o'].includes(key); // of numbers the largest is looked for
        sort = key;
        for (const other of table.tHead.querySelectorAll('th')) other.removeAttribute('aria-sort');
        th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        arrange();
      }));
    }
    search.addEventListener('input', arrange);
    choice.addEventListener('change', arrange);
    load();
    for (const v of [...new Set(all.map((c) => c.v))].sort((a, b) => standings.indexOf(a) - standings.indexOf(b))) choice.append(el('option', { value: v }, v));
    if ($('who-more')) $('who-more').remove();
    draw();
  };

  // ---- small things ----

  const copies = () => {
    for (const box of document.querySelectorAll('.copy')) {
      const pre = box.querySelector('pre');
      const say = (text) => {
        b.textContent = text;
        b.setAttribute('aria-label', `${text}: ${pre.getAttribute('aria-label')}`);
      };
      const b = button('', async () => {
        let done = true;
        try { await navigator.clipboard.writeText(pre.textContent); } catch {
          getSelection().selectAllChildren(pre); // where a page may not reach the clipboard
          done = document.execCommand('copy');
        }
        say(done ? 'Copied' : 'Press Ctrl+C');
        setTimeout(say, 2000, 'Copy');
      }, { 'aria-live': 'polite' });
      say('Copy');
      box.classList.add('live');
      box.append(b);
    }
  };
  const countries = () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region' });
    for (const e of document.querySelectorAll('[data-country]')) {
      try { const name = names.of(e.dataset.country); if (name) e.textContent = name; } catch { /* no code of a country */ }
    }
  };
  const print = () => { // paper cannot be opened
    let closed = [];
    addEventListener('beforeprint', () => {
      closed = [...document.querySelectorAll('main details:not([open])')];
      for (const d of closed) d.open = true;
    });
    addEventListener('afterprint', () => { for (const d of closed) d.open = false; });
  };

  copies();
  countries();
  print();
  chart();
  clients();
  document.documentElement.dataset.ready = 'yes';
})();
