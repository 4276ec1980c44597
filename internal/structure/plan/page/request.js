// A way is followed on the drawing: a line from file to file, with a light in the
// one that has been reached, and lines to the tables that are read and written.
const trail = document.getElementById("trail");
const centre = (t) => ({ x: t.x + t.w / 2, y: t.y + t.h / 2 });
const fileTile = (room, file) => places[room]?.files.find((t) => t.name === file);
const tableTile = (name) => places[tables.get(name)?.room]?.tables.find((t) => t.name === name);

// curve leads from one middle to another: in a bow along a row, in a swing between rows.
const curve = (p, q) =>
	Math.abs(p.y - q.y) < 20 ? `M${p.x} ${p.y}Q${(p.x + q.x) / 2} ${p.y - 44} ${q.x} ${q.y}` : `M${p.x} ${p.y}C${p.x} ${(p.y + q.y) / 2} ${q.x} ${(p.y + q.y) / 2} ${q.x} ${q.y}`;
const lit = (t, kind) =>
	draw("g", { class: "lit " + kind }, draw("rect", { x: t.x - 2, y: t.y - 2, width: t.w + 4, height: t.h + 4, rx: kind.startsWith("file") ? 2 : 17 }), label(t));

// caller returns the number of the step that a step was called from, or -1 for one
// that the library calls.
const caller = (steps, i) => {
	for (let j = i - 1; j >= 0; j--) if (steps[j].depth < steps[i].depth) return j;
	return -1;
};

// follow draws the way up to a step.
const follow = (way, number) => {
	const { steps } = way, start = fileTile(way.room, way.at.file);
	const stops = steps.map((s) => fileTile(s.room, s.at.file));
	stops.forEach((to, i) => {
		const from = stops[caller(steps, i)] ?? start;
		if (from && to && from !== to) trail.append(draw("path", { class: i > number ? "ahead" : i === number ? "gone now" : "gone", d: curve(centre(from), centre(to)) }));
	});
	steps.slice(0, number + 1).forEach((s, i) => {
		for (const kind of ["reads", "writes"])
			for (const name of s[kind] ?? []) {
				const from = fileTile(s.room, s.at.file), to = tableTile(name);
				if (from && to) trail.append(draw("path", { class: kind + (i === number ? " now" : ""), d: curve(centre(from), centre(to)) }), lit(to, kind));
			}
	});
	for (const stop of new Set([start, ...stops.slice(0, number)])) if (stop) trail.append(lit(stop, "file past"));
	const now = stops[number];
	if (now) trail.append(lit(now, "file now"), draw("g", { class: "number", transform: `translate(${now.x} ${now.y})` }, draw("circle", { r: 11 }), draw("text", { dy: 4.5 }, String(number + 1))));

	const visited = [...new Set([way.room, ...steps.map((s) => s.room), ...steps.flatMap(touched).map((t) => tables.get(t)?.room)])].filter((r) => places[r]);
	choose(visited, (fact) => visited.includes(fact.from) && visited.includes(fact.to));
	const all = around(visited.map((r) => places[r]));
	if (!legible(padded(all))) visit(places[steps[number]?.room ?? way.room] ?? whole(), now);
	else if (!within(all) || scale() < 0.55) {
		fitted = false;
		show(padded(all));
	}
};
const touched = (step) => [...(step.reads ?? []), ...(step.writes ?? [])];
