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
		section("Events", own(app.events).map((x) => [a("event", x.name), " ", el("small", {}, x.type)])),
		section("Files", files.map((f) => fileLine(f, file))),
		section("Uses", app.arrows.filter((x) => x.from === name).map((x) => arrowLine(x, x.to))),
		section("Used by", app.arrows.filter((x) => x.to === name).map((x) => arrowLine(x, x.from))),
	]];
};

const tableLinks = (word, names) => names?.length ? el("span", { class: word }, word, " ", join(names.map((t) => (tables.has(t) ? a("table", t) : t)))) : null;
const emitLink = (name) => (jobs.has(name) ? a("job", name) : events.has(name) ? a("event", name) : name);
const stepLine = (route, step, i, number) =>
	el("li", { class: i < number ? "past" : i === number ? "now" : "", "data-depth": Math.min(step.depth, 4), "aria-current": i === number && "step" },
		el("a", { href: link("route", routeName(route), { step: i + 1 }) }, el("code", {}, step.func)),
		el("span", { class: "about" }, role(step.role), step.room !== route.room && [" in ", a("room", step.room, roomName(step.room))], " ", place(step.at)),
		(step.reads || step.writes || step.emits) && el("span", { class: "does" }, tableLinks("reads", step.reads), tableLinks("writes", step.writes),
			step.emits && el("span", { class: "emits" }, "sends ", join(step.emits.map(emitLink)))));
const routeView = (name, { step }) => {
	const r = routes.get(name);
	if (!r) return null;
	const steps = r.steps ?? [], number = Math.max(0, Math.min(steps.length, Number(step) || 1) - 1);
	const turn = (text, to) => el("a", { class: "button", href: link("route", name, { step: to + 1 }), "aria-disabled": (to < 0 || to >= steps.length) && "true" }, text);
	return [[method(r.method), " ", r.path], [
		el("p", { class: "kind" }, a("room", r.room, roomName(r.room))),
		terms(["Policy", r.policy && el("code", {}, r.policy)], ["Session", { reader: "reads", session: "reads and writes", db: "opens its own", none: "none" }[r.session] ?? r.session],
			["Needs", join((r.dependencies ?? []).map((d) => el("code", {}, d)))], ["Input", r.input && el("code", {}, r.input)], ["Output", r.output && el("code", {}, r.output)],
			["Fails", join((r.fails ?? []).map((d) => el("code", {}, d)))], ["Handler", [el("code", {}, r.handler), " ", place(r.handler_at)]], ["Registered", place(r.at)]),
		at(r.at, r.handler_at).map(finding),
		steps.length > 0 && el("section", {}, el("h3", {}, "The way of a request"),
			el("ol", { class: "steps" }, steps.map((s, i) => stepLine(r, s, i, number))),
			el("p", { class: "turns" }, turn("← Back", number - 1), el("span", {}, `${number + 1} of ${steps.length}`), turn("Next →", number + 1))),
	]];
};

// users lists the functions that do something to a table and the routes that lead
// there.
const users = (table, what) => {
	const functions = new Map();
	for (const r of app.routes)
		for (const s of r.steps ?? [])
			if (s[what]?.includes(table)) {
				const key = `${s.at.file}:${s.at.line}`;
				if (!functions.has(key)) functions.set(key, { step: s, routes: new Set() });
				functions.get(key).routes.add(r);
			}
	return [...functions.entries()].sort(([x], [y]) => byName(x, y)).map(([, f]) =>
		el("div", { class: "entry" }, el("code", {}, f.step.func), " ", a("room", f.step.room, roomName(f.step.room)), " ", place(f.step.at), el("ul", { class: "through" }, [...f.routes].map((r) => el("li", {}, routeLink(r))))));
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

const senders = (name) => app.routes.filter((r) => (r.steps ?? []).some((s) => s.emits?.includes(name))).map(routeLink);
const jobView = (name) => {
	const j = jobs.get(name);
	return j && [["job ", name], [
		el("p", { class: "kind" }, a("room", j.room, roomName(j.room))),
		terms(["Arguments", [el("code", {}, j.args), " ", place(j.at)]], ["Worker", j.worker && [el("code", {}, j.worker), " ", j.worker_at && place(j.worker_at)]], ["Schedule", j.schedule && el("code", {}, j.schedule)]),
		section("Enqueued at", (j.from ?? []).map(place)), section("Enqueued by", senders(name)),
	]];
};
const eventView = (name) => {
	const e = events.get(name);
	return e && [["event ", name], [
		el("p", { class: "kind" }, a("room", e.room, roomName(e.room))), terms(["Type", [el("code", {}, e.type), " ", place(e.at)]]),
		section("Heard by", (e.subscribers ?? []).map((s) => [a("room", s.room, roomName(s.room)), " ", el("code", {}, s.name), " ", place(s.at)])),
		section("Published at", (e.published ?? []).map(place)), section("Published by", senders(name)),
	]];
};
