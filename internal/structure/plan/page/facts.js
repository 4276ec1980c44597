// The facts as terem map --json prints them, where things stand, and what was found.
const facts = JSON.parse(document.getElementById("facts").textContent);
const { places, house } = facts;
const app = {};
for (const list of ["rooms", "arrows", "routes", "tables", "jobs", "events", "missing"]) app[list] = facts.app[list] ?? [];
const findings = facts.findings ?? [];

const routeName = (route) => `${route.method || "ANY"} ${route.path}`;
const roomName = (path) => (path === "." ? "main" : path);
const index = (list, name) => new Map(list.map((x) => [name(x), x]));
const rooms = index(app.rooms, (r) => r.path);
const routes = index(app.routes, routeName);
const tables = index(app.tables, (t) => t.name);
const jobs = index(app.jobs, (j) => j.kind);
const events = index(app.events, (e) => e.name);

// A way is what runs through functions of the application step by step: a request, a
// job, or what hears an event.
const hearing = (event, subscriber) => `${event.name} ${subscriber.name}`;
const ways = [
	...app.routes.map((r) => ({ kind: "route", name: routeName(r), room: r.room, at: r.at, of: r, steps: r.steps ?? [] })),
	...app.jobs.map((j) => ({ kind: "job", name: j.kind, room: j.room, at: j.at, of: j, steps: j.steps ?? [] })),
	...app.events.flatMap((e) => (e.subscribers ?? []).map((s) => ({ kind: "subscriber", name: hearing(e, s), room: s.room, at: s.at, of: s, event: e, steps: s.steps ?? [] }))),
];
const wayOf = (kind, name) => ways.find((w) => w.kind === kind && w.name === name);

const foundIn = Map.groupBy ? Map.groupBy(findings, (f) => f.file) : new Map();
if (!Map.groupBy) for (const f of findings) foundIn.set(f.file, [...(foundIn.get(f.file) ?? []), f]);

// at returns what was found at one of the places.
const at = (...spots) => spots.flatMap((p) => (p ? (foundIn.get(p.file) ?? []).filter((f) => f.line === p.line) : []));

// link returns the address of a view, and read what an address says.
const link = (view, name, more = {}) => "#" + new URLSearchParams({ [view]: name, ...more });
const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
