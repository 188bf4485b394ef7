'use strict';

const pause = 5000;      // between an answer and the next question
const patience = 10000;  // for one answer
const many = 20;         // tenants; from there on a filter helps
const most = 500;        // lines of the table; a browser lays out thousands for seconds

const at = id => document.getElementById(id);

// Tenant ids, images and errors come from strangers: they are put in as text, by this function or
// by textContent. And only where they changed: a screen reader reads again what is set again.
function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

const number = new Intl.NumberFormat('en').format;
const timeOfDay = time => new Date(time).toISOString().slice(11, 19) + ' UTC';

function duration(seconds) {
    const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
    const first = units.findIndex(([, size]) => seconds >= size);
    if (first < 0) return '0 s';
    const parts = [];
    for (const [name, size] of units.slice(first, first + 2)) {
        if (seconds >= size) parts.push(`${Math.floor(seconds / size)} ${name}`);
        seconds %= size;
    }
    return parts.join(' ');
}

// What is observed where all is as desired. Nothing observed yet is no trouble.
const settled = new Map([
    ['running', ['running', '']],
    ['stopped', ['created', 'exited', 'missing', '']],
    ['deleted', ['missing', '']],
]);

function troubled(tenant) {
    if (tenant.last_error !== '') return true;
    return !(settled.get(tenant.desired) ?? []).includes(tenant.observed);
}

const columns = [
    tenant => tenant.tenant_id,
    tenant => tenant.desired || 'unknown',
    tenant => tenant.observed || 'not yet',
    tenant => tenant.since.slice(0, 19).replace('T', ' '),
    tenant => number(tenant.restarts),
    tenant => tenant.image,
    tenant => tenant.last_error,
];
const labels = Array.from(document.querySelectorAll('thead th'), header => header.textContent);

const groups = [
    {title: 'Need attention', trouble: true, body: at('trouble'), rows: new Map()},
    {title: 'As desired', trouble: false, body: at('well'), rows: new Map()},
];

function newRow() {
    const line = document.createElement('tr');
    line.setAttribute('role', 'row');  // said, since a narrow screen lays the table out as blocks
    for (const [i, label] of labels.entries()) {
        const cell = document.createElement(i === 0 ? 'th' : 'td');
        if (i === 0) cell.scope = 'row';
        cell.setAttribute('role', i === 0 ? 'rowheader' : 'cell');
        cell.dataset.label = label;
        line.append(cell);
    }
    return {line, texts: labels.map(() => '')};
}

function fill({line, texts}, tenant) {
    columns.forEach((column, i) => {
        const text = column(tenant);
        if (texts[i] !== text) texts[i] = line.cells[i].textContent = text;
    });
}

// A line that stays is left where it is, with what was selected or scrolled there.
function place({body, rows}, shown) {
    const ids = new Set(shown.map(tenant => tenant.tenant_id));
    for (const [id, {line}] of rows) {
        if (ids.has(id)) continue;
        line.remove();
        rows.delete(id);
    }
    let next = body.rows[1] ?? null;  // after the heading
    for (const tenant of shown) {
        const id = tenant.tenant_id;
        if (!rows.has(id)) rows.set(id, newRow());
        const row = rows.get(id);
        fill(row, tenant);
        if (row.line === next) next = next.nextElementSibling;
        else body.insertBefore(row.line, next);
    }
}

let tenants = [];  // as the runner last told
let all = false;   // lines, however many

function showTenants() {
    const wanted = at('filter').value.trim().toLowerCase();
    const fits = tenant => columns.some(column => column(tenant).toLowerCase().includes(wanted));
    let room = all ? tenants.length : most;
    let left = 0;
    for (const group of groups) {
        const members = tenants.filter(tenant => troubled(tenant) === group.trouble);
        const fitting = wanted === '' ? members : members.filter(fits);
        const shown = fitting.slice(0, room);
        place(group, shown);
        const count = wanted === '' ? '' : `${number(fitting.length)} of `;
        put(group.body.rows[0].cells[0], `${group.title}: ${count}${number(members.length)}`);
        group.body.hidden = members.length === 0;
        room -= shown.length;
        left += fitting.length - shown.length;
    }
    at('search').hidden = tenants.length < many && wanted === '';
    document.querySelector('table').hidden = tenants.length === 0;
    put(at('none'), tenants.length === 0 ? 'This node has no tenant.' : '');
    at('rest').hidden = left === 0;
    put(at('left'), `${number(left)} more are not shown. Filter, or`);
}

function showChecks(checks) {
    const list = at('checks');
    const names = Object.keys(checks);
    while (list.children.length > names.length) list.lastElementChild.remove();
    names.forEach((name, i) => {
        const {ok, message} = checks[name];
        if (i === list.children.length) {
            const line = list.appendChild(document.createElement('li'));
            line.append(document.createElement('b'), document.createElement('span'));
        }
        const [verdict, reason] = list.children[i].children;
        list.children[i].className = ok ? 'good' : 'bad';
        put(verdict, ok ? 'ok' : 'fails');
        put(reason, `${name}: ${message}`);
    });
}

function say(good, text) {
    put(at('state'), text);
    at('state').className = good ? 'good' : 'bad';
    document.title = `${good ? '' : '! '}${at('node').textContent}`;
}

let answeredAt = null;  // by this machine's clock

function show(status, readiness, health) {
    answeredAt = Date.now();
    document.body.className = '';
    document.querySelector('main').hidden = false;
    put(at('node'), status.node);
    put(at('version'), status.version);
    put(at('backend'), status.backend);
    put(at('uptime'), duration(status.uptime_seconds));
    put(at('jobs'), status.queue_depth === 0 ? 'none queued' :
        `${number(status.queue_depth)} queued, ${number(status.running_jobs)} of them running`);
    showChecks(readiness.checks);
    tenants = status.tenants;
    showTenants();
    const failing = Object.keys(readiness.checks).filter(name => !readiness.checks[name].ok);
    if (!health.ok) say(false, 'Stalled: the program answers, but its work makes no progress.');
    else if (!readiness.ok) say(false, `Not ready: ${failing.join(', ')}.`);
    else say(true, `Ready.${attention()}`);
}

function attention() {
    const count = tenants.filter(troubled).length;
    if (count === 0) return '';
    return count === 1 ? ' One tenant needs attention.' : ` ${number(count)} tenants need attention.`;
}

function showSilence(reason) {
    document.body.className = 'old';
    const left = answeredAt === null ? '' : ` What is shown is old, from ${timeOfDay(answeredAt)}.`;
    say(false, `The runner does not answer (${reason}).${left}`);
}

// Beside the state and not in it: read aloud each second it would drown all else.
function showAge() {
    if (answeredAt === null) return;
    const seconds = Math.max(0, Math.round((Date.now() - answeredAt) / 1000));
    put(at('age'), `Last answer ${duration(seconds)} ago, at ${timeOfDay(answeredAt)}`);
}

async function ask(path, statuses) {
    const options = {cache: 'no-store', signal: AbortSignal.timeout(patience)};
    const reply = await fetch(path, options).catch(error => {
        throw new Error(error.name === 'TimeoutError' ? `nothing within ${patience / 1000} s` : 'no connection');
    });
    if (!statuses.includes(reply.status)) throw new Error(`HTTP ${reply.status} for ${path}`);
    return reply.json();
}

let timer = 0;
let asking = false;

async function update() {
    clearTimeout(timer);
    if (asking || document.hidden) return;  // nobody looks; visibilitychange goes on
    asking = true;
    try {
        show(...await Promise.all([
            ask('status', [200]), ask('readyz', [200, 503]), ask('healthz', [200, 503])]));
    } catch (error) {
        showSilence(error.message);
    }
    asking = false;
    showAge();
    timer = setTimeout(update, pause);
}

at('filter').addEventListener('input', showTenants);
at('all').addEventListener('click', () => {
    all = true;
    showTenants();
});
document.addEventListener('visibilitychange', update);
setInterval(showAge, 1000);
say(true, 'Asking the runner …');
at('state').className = '';
update();
