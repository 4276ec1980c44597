// The views of ways, with the step that has been reached.
const wayLink = (w) => (w.kind === "route" ? routeLink(w.of) : [a(w.kind, w.name), " ", el("small", {}, w.kind === "job" ? "job" : "hears")]);
const tableLinks = (word, names) => (names?.length ? el("span", { class: word }, word, " ", join(names.map((t) => (tables.has(t) ? a("table", t) : t)))) : null);
const emitLink = (name) => (jobs.has(name) ? a("job", name) : events.has(name) ? a("event", name) : name);
const reached = (way, step) => Math.max(0, Math.min(way.steps.length, Number(step) || 1) - 1);

const stepLine = (way, step, i, number) =>
	el("li", { class: i < number ? "past" : i === number ? "now" : "", "data-depth": Math.min(step.depth, 4), "aria-current": i === number && "step" },
		el("a", { href: link(way.kind, way.name, { step: i + 1 }) }, el("code", {}, step.func)),
		el("span", { class: "about" }, role(step.role), step.room !== way.room && [" in ", a("room", step.room, roomName(step.room))], " ", place(step.at)),
		(step.reads || step.writes || step.emits) && el("span", { class: "does" }, tableLinks("reads", step.reads), tableLinks("writes", step.writes),
			step.emits && el("span", { class: "emits" }, "sends ", join(step.emits.map(emitLink)))));
const stepsOf = (title, way, step) => {
	const number = reached(way, step), n = way.steps.length;
	const turn = (text, to) => el("a", { class: "button", href: link(way.kind, way.name, { step: to + 1 }), "aria-disabled": (to < 0 || to >= n) && "true" }, text);
	return n > 0 && el("section", {}, el("h3", {}, title), el("ol", { class: "steps" }, way.steps.map((s, i) => stepLine(way, s, i, number))),
		el("p", { class: "turns" }, turn("← Back", number - 1), el("span", {}, `${number + 1} of ${n}`), turn("Next →", number + 1)));
};

const code = (text) => text && el("code", {}, text);
const codes = (texts) => join((texts ?? []).map(code));
const routeView = (name, { step }) => {
	const r = routes.get(name);
	return r && [[method(r.method), " ", r.path], [
		el("p", { class: "kind" }, a("room", r.room, roomName(r.room))),
		terms(["Policy", code(r.policy)], ["Session", { reader: "reads", session: "reads and writes", db: "opens its own", none: "none" }[r.session] ?? r.session], ["Needs", codes(r.dependencies)],
			["Input", code(r.input)], ["Output", code(r.output)], ["Fails", codes(r.fails)], ["Handler", [code(r.handler), " ", place(r.handler_at)]], ["Registered", place(r.at)]),
		at(r.at, r.handler_at).map(finding),
		stepsOf("The way of a request", wayOf("route", name), step),
	]];
};
const senders = (name) => ways.filter((w) => w.steps.some((s) => s.emits?.includes(name))).map(wayLink);
const jobView = (name, { step }) => {
	const j = jobs.get(name);
	return j && [["job ", name], [
		el("p", { class: "kind" }, a("room", j.room, roomName(j.room))),
		terms(["Arguments", [code(j.args), " ", place(j.at)]], ["Worker", j.worker && [code(j.worker), " ", j.worker_at && place(j.worker_at)]], ["Schedule", code(j.schedule)]),
		section("Enqueued at", (j.from ?? []).map(place)), section("Enqueued by", senders(name)),
		stepsOf("The way of the job", wayOf("job", name), step),
	]];
};
const subscriberView = (name, { step }) => {
	const w = wayOf("subscriber", name);
	return w && [[w.of.name, " hears ", w.event.name], [
		el("p", { class: "kind" }, a("room", w.room, roomName(w.room))),
		terms(["Event", a("event", w.event.name)], ["Function", [code(w.of.func), " ", w.of.func_at && place(w.of.func_at)]], ["Subscribed", place(w.at)]),
		stepsOf("The way of the event", w, step),
	]];
};
