// What the details show: each view returns its title and its content.
const counts = ["room", "route", "table", "job", "event"].filter((n) => app[n + "s"].length).map((n) => counted(app[n + "s"].length, n)).join(" · ");

const roomLine = (r) => {
	const own = app.routes.filter((x) => x.room === r.path).length;
	return [a("room", r.path, roomName(r.path)), " ", el("small", {}, [r.kind, own && counted(own, "route")].filter(Boolean).join(", ")), badge(findings.filter((f) => f.room === r.path).length)];
};
const homeView = () => ["The house", [
	el("p", { class: "lead" }, counts),
	el("p", {}, el("code", {}, facts.app.module)),
	findings.length > 0 && el("details", { open: findings.length < 4 }, el("summary", {}, el("h3", {}, `${findings.length} found`)),
		findings.map((f) => (f.room ? el("a", { href: link("room", f.room, { file: f.file }), class: "plain" }, finding(f)) : finding(f)))),
	section("Rooms", [...roomLinks.keys()].map((p) => roomLine(rooms.get(p)))),
	section("Not read", app.missing),
]];

const arrowLine = (arrow, other) =>
	el("div", { class: "entry" }, a("room", other, roomName(other)), " ", el("small", {}, arrow.bond.replace("_", " ")), " ", el("span", { class: "names" }, (arrow.names ?? []).join(", ")),
		el("details", {}, el("summary", {}, counted((arrow.places ?? []).length, "place")), el("ul", {}, (arrow.places ?? []).map((p) => el("li", {}, place(p))))));
const fileLine = (f, chosen) => {
	const found = foundIn.get(f.path) ?? [];
	return el("div", { class: "entry", "data-file": f.path, "aria-current": f.path === chosen && "true" },
		role(f.role), " ", el("code", {}, f.path.split("/").at(-1)), " ", el("small", {}, counted(f.lines, "line")), badge(found.length), found.map(finding));
};
const roomView = (name, { file }) => {
	const r = rooms.get(name);
	if (!r) return null;
	const own = (list) => list.filter((x) => x.room === name);
	const order = places[name]?.files.map((t) => t.name) ?? [];
	const files = [...(r.files ?? [])].sort((x, y) => (order.indexOf(x.path) + 1 || 99) - (order.indexOf(y.path) + 1 || 99));
	return [roomName(name), [
		el("p", { class: "kind" }, r.kind), r.doc && el("p", { class: "lead" }, r.doc),
		section("Routes", own(app.routes).map((x) => [routeLink(x), " ", el("small", {}, x.policy), badge(at(x.at, x.handler_at).length)])),
		section("Tables", own(app.tables).map((x) => [a("table", x.name), " ", el("small", {}, x.model), badge(at(x.at).length)])),
		section("Jobs", own(app.jobs).map((x) => [a("job", x.kind), " ", el("small", {}, x.schedule)])),
		section("Hears", ways.filter((w) => w.kind === "subscriber" && w.room === name).map((w) => [a("event", w.event.name), " ", a("subscriber", w.name, w.of.name)])),
		section("Events", own(app.events).map((x) => [a("event", x.name), " ", el("small", {}, x.type)])),
		section("Files", files.map((f) => fileLine(f, file))),
		section("Uses", app.arrows.filter((x) => x.from === name).map((x) => arrowLine(x, x.to))),
		section("Used by", app.arrows.filter((x) => x.to === name).map((x) => arrowLine(x, x.from))),
	]];
};

// users lists the functions that do something to a table, and the ways that lead there.
const users = (table, what) => {
	const functions = new Map();
	for (const w of ways)
		for (const s of w.steps)
			if (s[what]?.includes(table)) {
				const key = `${s.at.file}:${s.at.line}`;
				if (!functions.has(key)) functions.set(key, { step: s, ways: new Set() });
				functions.get(key).ways.add(w);
			}
	return [...functions.entries()].sort(([x], [y]) => byName(x, y)).map(([, f]) =>
		el("div", { class: "entry" }, el("code", {}, f.step.func), " ", a("room", f.step.room, roomName(f.step.room)), " ", place(f.step.at), el("ul", { class: "through" }, [...f.ways].map((w) => el("li", {}, wayLink(w))))));
};
const tableView = (name) => {
	const t = tables.get(name);
	if (!t) return null;
	const referring = app.tables.flatMap((x) => (x.columns ?? []).filter((c) => c.references === name).map((c) => [a("table", x.name), ".", c.name]));
	const note = (c) => join([c.key && "key", c.unique && "unique", c.null && "may be null", c.references && ["→ ", a("table", c.references)]].filter(Boolean));
	return [["table ", name], [
		el("p", { class: "kind" }, a("room", t.room, roomName(t.room))),
		terms(["Model", el("code", {}, t.model)], ["Written", place(t.at)]),
		at(t.at).map(finding),
		el("table", {}, el("thead", {}, el("tr", {}, ["Column", "Type", ""].map((h) => (h ? el("th", { scope: "col" }, h) : el("td", {}))))),
			el("tbody", {}, (t.columns ?? []).map((c) => el("tr", {}, el("th", { scope: "row" }, c.name), el("td", {}, el("code", {}, c.type)), el("td", {}, note(c)))))),
		section("Written by", users(name, "writes")), section("Read by", users(name, "reads")), section("Referenced by", referring),
	]];
};

const eventView = (name) => {
	const e = events.get(name);
	return e && [["event ", name], [
		el("p", { class: "kind" }, a("room", e.room, roomName(e.room))), terms(["Type", [el("code", {}, e.type), " ", place(e.at)]]),
		section("Heard by", (e.subscribers ?? []).map((s) => [a("room", s.room, roomName(s.room)), " ", a("subscriber", hearing(e, s), s.name), " ", place(s.at)])),
		section("Published at", (e.published ?? []).map(place)), section("Published by", senders(name)),
	]];
};
