// Search over all names. Words may come in any order; what begins with them is first, and
// files come last.
const query = document.getElementById("query"), hits = document.getElementById("hits");
const entries = [
	...app.rooms.map((r) => ({ kind: "room", text: roomName(r.path), href: link("room", r.path) })),
	...app.routes.map((r) => ({ kind: "route", text: routeName(r), href: link("route", routeName(r)) })),
	...app.tables.map((t) => ({ kind: "table", text: t.name, href: link("table", t.name) })),
	...app.jobs.map((j) => ({ kind: "job", text: j.kind, href: link("job", j.kind) })),
	...app.events.map((e) => ({ kind: "event", text: e.name, href: link("event", e.name) })),
	...app.rooms.flatMap((r) => (r.files ?? []).map((f) => ({ kind: "file", text: f.path, href: link("room", r.path, { file: f.path }) }))),
].map((e) => ({ ...e, low: e.text.toLowerCase() }));

const rank = (e, words) => {
	let score = 0;
	for (const w of words) {
		const i = e.low.indexOf(w);
		if (i < 0) return -1;
		score += e.low === w ? 8 : i === 0 ? 4 : /[^a-z0-9]/.test(e.low[i - 1]) ? 2 : 1;
	}
	return score * 1000 - e.low.length - (e.kind === "file" ? 900 : 0);
};
const search = (text) => {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	if (!words.length) return [];
	return entries.map((e, i) => [rank(e, words), i]).filter(([s]) => s >= 0).sort((x, y) => y[0] - x[0] || x[1] - y[1]).slice(0, 40).map(([, i]) => entries[i]);
};

let chosen = -1;
const pick = (i) => {
	const options = [...hits.children].filter((o) => o.role === "option");
	if (!options.length) return;
	chosen = (i + options.length) % options.length;
	options.forEach((o, n) => o.setAttribute("aria-selected", n === chosen));
	options[chosen].scrollIntoView({ block: "nearest" });
	query.setAttribute("aria-activedescendant", options[chosen].id);
};
const close = () => {
	hits.hidden = true;
	chosen = -1;
	query.setAttribute("aria-expanded", "false");
	query.removeAttribute("aria-activedescendant");
};
const list = () => {
	const found = search(query.value);
	close();
	hits.replaceChildren(...found.map((e, i) =>
		el("li", { id: "hit" + i, role: "option", "aria-selected": "false", "data-href": e.href, onmousedown: (event) => { event.preventDefault(); open(e.href); } },
			el("span", { class: "what" }, e.kind), " ", el("span", {}, e.text))));
	if (!query.value.trim()) return;
	if (!found.length) hits.append(el("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing is called so."));
	hits.hidden = false;
	query.setAttribute("aria-expanded", "true");
	if (found.length) pick(0);
};
const open = (href) => {
	query.value = "";
	close();
	query.blur();
	go(href);
};
query.addEventListener("input", list);
query.addEventListener("focus", list);
query.addEventListener("blur", close);
query.addEventListener("keydown", (e) => {
	if (e.key === "ArrowDown" || e.key === "ArrowUp") {
		e.preventDefault();
		if (hits.hidden) list();
		else pick(chosen + (e.key === "ArrowDown" ? 1 : -1));
	} else if (e.key === "Enter" && chosen >= 0) {
		e.preventDefault();
		open(hits.children[chosen].dataset.href);
	} else if (e.key === "Escape") {
		e.stopPropagation();
		if (query.value) {
			query.value = "";
			close();
		} else query.blur();
	}
});
