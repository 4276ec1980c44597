// A request is followed on the drawing: a line from file to file, with a light in the
// one that the request has reached, and lines to the tables that are read and written.
const trail = document.getElementById("trail");
const centre = (t) => ({ x: t.x + t.w / 2, y: t.y + t.h / 2 });
const fileTile = (room, file) => places[room]?.files.find((t) => t.name === file);
const tableTile = (name) => places[tables.get(name)?.room]?.tables.find((t) => t.name === name);

const curve = (p, q) => {
	const bend = p.x === q.x ? 26 : 0, mx = (p.x + q.x) / 2 + bend, my = (p.y + q.y) / 2 + (p.y === q.y ? -22 : 0);
	return `M${p.x} ${p.y}Q${mx} ${my} ${q.x} ${q.y}`;
};
const lit = (t, kind) =>
	draw("g", { class: "lit " + kind }, draw("rect", { x: t.x - 2, y: t.y - 2, width: t.w + 4, height: t.h + 4, rx: kind === "file" ? 2 : 15 }), label(t));

// follow draws the request up to a step.
const follow = (route, number) => {
	trail.replaceChildren();
	const steps = route.steps ?? [];
	const stops = steps.map((s) => fileTile(s.room, s.at.file) ?? places[s.room]).filter(Boolean);
	const start = fileTile(route.room, route.at.file);
	if (start) stops.unshift(start);
	const reached = number + (start ? 1 : 0);
	for (let i = 1; i < stops.length; i++)
		if (stops[i] !== stops[i - 1]) trail.append(draw("path", { class: i <= reached ? "gone" : "ahead", d: curve(centre(stops[i - 1]), centre(stops[i])) }));
	steps.slice(0, number + 1).forEach((s, i) => {
		for (const kind of ["reads", "writes"])
			for (const name of s[kind] ?? []) {
				const from = fileTile(s.room, s.at.file), to = tableTile(name);
				if (from && to) trail.append(draw("path", { class: kind + (i === number ? " now" : ""), d: curve(centre(from), centre(to)) }), lit(to, kind));
			}
	});
	for (const stop of new Set(stops.slice(0, reached))) if (stop.label) trail.append(lit(stop, "file past"));
	const now = stops[reached];
	if (now?.label) trail.append(lit(now, "file now"), draw("g", { class: "number", transform: `translate(${now.x} ${now.y})` }, draw("circle", { r: 11 }), draw("text", { dy: 4.5 }, String(number + 1))));

	const visited = [...new Set([route.room, ...steps.map((s) => s.room), ...steps.flatMap(touched).map((t) => tables.get(t)?.room)])].filter((r) => places[r]);
	choose(visited, (fact) => visited.includes(fact.from) && visited.includes(fact.to) && fact.from !== ".");
	const whole = padded(around(visited.map((r) => places[r])));
	fitted = false;
	if (legible(whole)) {
		if (!within(around(visited.map((r) => places[r]))) || scale() < 0.55) show(whole);
	} else visit(places[steps[number]?.room ?? route.room] ?? house);
};
const touched = (step) => [...(step.reads ?? []), ...(step.writes ?? [])];
