// build makes an element. Text stays text: no fact becomes markup.
const build = (make, tag, props, children) => {
	const e = make(tag);
	for (const [k, v] of Object.entries(props)) {
		if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
		else if (v === true) e.setAttribute(k, "");
		else if (v !== false && v != null) e.setAttribute(k, v);
	}
	e.append(...children.flat(Infinity).filter((c) => c != null && c !== false));
	return e;
};
const el = (tag, props = {}, ...children) => build((t) => document.createElement(t), tag, props, children);
const draw = (tag, props = {}, ...children) => build((t) => document.createElementNS("http://www.w3.org/2000/svg", t), tag, props, children);

const a = (view, name, ...children) => el("a", { href: link(view, name) }, children.length ? children : name);
const place = (p) => el("code", { class: "place" }, p.line ? `${p.file}:${p.line}` : p.file);
const role = (r) => el("span", { class: "role", "data-role": r }, r || "file");
const method = (m) => el("span", { class: "method" }, m || "ANY");
const routeLink = (r) => el("a", { href: link("route", routeName(r)), class: "route" }, method((r.method || "ANY") + " "), el("span", {}, r.path));
const badge = (n) => (n ? [" ", el("span", { class: "count" }, `${n} found`)] : null);

// section is a part of a view: nothing when it is empty.
const section = (title, items, kind = "ul") =>
	items.length ? el("section", {}, el("h3", {}, title, " ", el("small", {}, String(items.length))), el(kind, { class: "list" }, items.map((i) => el("li", {}, i)))) : null;

// terms is a list of what a thing is: pairs without a value are left out.
const terms = (...pairs) =>
	el("dl", {}, pairs.filter(([, v]) => v && v.length !== 0).map(([k, v]) => el("div", {}, el("dt", {}, k), el("dd", {}, v))));

const join = (nodes, between = ", ") => nodes.flatMap((n, i) => (i ? [between, n] : [n]));

const finding = (f) =>
	el("div", { class: "finding" }, el("strong", {}, f.title), el("p", {}, f.reason), f.way_out && el("p", { class: "way" }, f.way_out),
		el("p", { class: "where" }, place(f), " ", el("code", {}, f.rule)));
