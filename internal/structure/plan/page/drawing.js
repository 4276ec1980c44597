// The rooms and arrows of the drawing, and which of them are chosen.
const roomLinks = new Map([...svg.querySelectorAll(".room")].map((e) => [e.dataset.room, e]));
const arrowGroups = [...svg.querySelectorAll("#arrows .arrow")].map((e) => ({ e, fact: app.arrows[e.dataset.arrow] }));
for (const { e, fact } of arrowGroups)
	e.prepend(draw("title", {}, `${roomName(fact.from)} → ${roomName(fact.to)}: ${fact.bond.replace("_", " ")} ${(fact.names ?? []).join(", ")}`));

// furnish draws the files and tables of the rooms that are to be seen, and removes
// those of the others.
const furnished = new Map(), furniture = document.getElementById("furniture");
const furnish = () => {
	const near = !svg.classList.contains("afar");
	for (const path of roomLinks.keys()) {
		const p = places[path];
		const seen = near && (printing || (p.x < view.x + view.w && p.x + p.w > view.x && p.y < view.y + view.h && p.y + p.h > view.y));
		if (seen && !furnished.has(path)) {
			const tiles = draw("g", { class: "tiles", "data-in": path }, p.files.map(window_), p.tables.map(table_));
			furniture.prepend(tiles);
			furnished.set(path, tiles);
		} else if (!seen && furnished.has(path)) {
			furnished.get(path).remove();
			furnished.delete(path);
		}
	}
};
const label = (t) => draw("text", { x: t.x + t.w / 2, y: t.y + t.h / 2 + 5 }, t.label);
const window_ = (t) =>
	draw("g", { class: "file" + (foundIn.has(t.name) ? " wrong" : ""), "data-role": t.role ?? "" }, draw("rect", { x: t.x, y: t.y, width: t.w, height: t.h }), label(t));
const table_ = (t) =>
	draw("g", { class: "table" }, draw("rect", { x: t.x, y: t.y, width: t.w, height: t.h, rx: 15 }), label(t));

// choose brings out rooms, and the arrows that the test accepts.
const choose = (paths, arrow = () => false) => {
	const neighbours = new Set();
	for (const { e, fact } of arrowGroups) {
		const on = arrow(fact);
		e.classList.toggle("on", on);
		if (on) neighbours.add(fact.from).add(fact.to);
	}
	svg.classList.toggle("chosen", paths.length > 0);
	for (const [path, e] of roomLinks) {
		e.classList.toggle("on", paths.includes(path));
		e.classList.toggle("near", neighbours.has(path));
		if (paths.includes(path)) e.setAttribute("aria-current", "true");
		else e.removeAttribute("aria-current");
	}
};
for (const e of roomLinks.values()) {
	e.addEventListener("focus", () => {
		if (e.matches(":focus-visible") && !within(places[e.dataset.room])) visit(places[e.dataset.room]);
	});
}

for (const box of document.querySelectorAll("#legend input"))
	box.addEventListener("change", () => svg.classList.toggle("no-" + box.dataset.bond, !box.checked));
for (const button of document.querySelectorAll("#zoom button"))
	button.addEventListener("click", () => move(button.dataset.zoom));
const move = (how) => {
	if (how !== "fit") return zoom(how === "in" ? 1.4 : 1 / 1.4);
	fitted = true;
	show(whole());
};
