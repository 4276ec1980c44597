// The address says what is shown, so that every view can be linked to.
const details = document.getElementById("details"), said = document.getElementById("said");
const views = { room: roomView, route: routeView, table: tableView, job: jobView, event: eventView, subscriber: subscriberView };

let arrived = null; // the address of what is shown
const arrive = () => {
	arrived = location.hash;
	if (arrived === "#details") return;
	const address = read();
	let kind = Object.keys(views).find((k) => k in address), shown = kind && views[kind](address[kind], address);
	if (!shown) {
		shown = homeView();
		if (kind) shown[1].unshift(el("p", { class: "finding" }, `The application has no ${kind} ${address[kind]} any more, or not yet.`));
		kind = undefined;
	}
	const inside = details.contains(document.activeElement) || document.activeElement === document.body;
	const up = kind ? el("a", { class: "up", href: "#", "aria-label": "Close" }, draw("svg", { width: 18, height: 18, "aria-hidden": "true" }, draw("path", { d: "M4 4l10 10M14 4 4 14" }))) : null;
	const title = el("h2", { tabindex: -1 }, shown[0]);
	details.replaceChildren(el("div", { class: "head" }, title, up), ...shown[1].flat(Infinity).filter(Boolean));
	details.dataset.view = kind ?? "home";
	details.classList.toggle("turning", !!details.querySelector(".turns"));
	document.title = `${kind ? title.textContent + " · " : ""}${facts.app.name}: the plan`;
	said.textContent = title.textContent;
	if (inside && kind) title.focus({ preventScroll: true });
	details.scrollTop = 0;
	const current = details.querySelector('[aria-current]');
	if (current && (address.step > 1 || address.file)) current.scrollIntoView({ block: "center" });
	lead(kind, address[kind], address);
};

// lead shows on the drawing what the details are about.
const lead = (kind, name, address) => {
	trail.replaceChildren();
	const way = wayOf(kind, name);
	if (way?.steps.length) return follow(way, reached(way, address.step));
	const room = kind === "room" ? name : way?.room ?? { table: tables, event: events }[kind]?.get(name)?.room;
	if (!places[room]) {
		choose([]);
		if (fitted) show(whole());
		return;
	}
	choose([room], (fact) => fact.from === room || fact.to === room);
	const tile = kind === "table" ? tableTile(name) : fileTile(room, address.file);
	if (tile) trail.append(lit(tile, kind === "table" ? "reads" : "file now"));
	visit(places[room], tile);
};

// go shows another view at once: the next key may follow before the browser tells of the
// new address.
const go = (address) => {
	location.hash = address;
	arrive();
};
addEventListener("hashchange", () => {
	if (location.hash !== arrived) arrive();
});
addEventListener("keydown", (e) => {
	const typing = e.target.matches("input, textarea, select");
	if (e.ctrlKey || e.metaKey || e.altKey || (typing && e.key !== "Escape")) return;
	const turn = { ArrowLeft: 0, ArrowRight: 1 }[e.key];
	if (e.key === "/") {
		e.preventDefault();
		query.focus();
	} else if (e.key === "Escape" && location.hash.length > 1) go("");
	else if (e.key === "+" || e.key === "=") move("in");
	else if (e.key === "-") move("out");
	else if (e.key === "0") move("fit");
	else if (turn !== undefined) {
		const to = details.querySelectorAll(".turns a")[turn];
		if (to && !to.hasAttribute("aria-disabled")) go(to.getAttribute("href"));
	}
});
details.addEventListener("click", (e) => {
	if (e.target.closest('a[aria-disabled="true"]')) e.preventDefault();
});

// Dark and light: as the system has it, until somebody presses the switch.
const theme = document.getElementById("theme"), dark = matchMedia("(prefers-color-scheme: dark)");
const kept = (() => { try { return localStorage.getItem("terem-map-theme"); } catch { return null; } })();
if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const mark = () => theme.setAttribute("aria-pressed", isDark());
theme.addEventListener("click", () => {
	const next = isDark() ? "light" : "dark";
	document.documentElement.dataset.theme = next;
	try { localStorage.setItem("terem-map-theme", next); } catch { /* files may keep nothing */ }
	mark();
});
dark.addEventListener("change", mark);
mark();

// On paper the whole house is shown, and the details below it.
addEventListener("beforeprint", () => {
	printing = true;
	svg.setAttribute("viewBox", `${house.x} ${house.y} ${house.w} ${house.h}`);
	svg.classList.toggle("afar", svg.classList.contains("big"));
	furnish();
});
addEventListener("afterprint", () => {
	printing = false;
	svg.setAttribute("viewBox", `${drawn.x} ${drawn.y} ${drawn.w} ${drawn.h}`);
	settle();
});
if (matchMedia("(max-width: 720px)").matches) document.getElementById("legend").open = false;
arrive();
