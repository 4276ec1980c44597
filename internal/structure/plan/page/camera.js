// The camera shows a part of the drawing. While it moves, the picture that has been
// drawn is moved, which costs nothing however large the house is; when it rests, the
// drawing is drawn anew as sharp as it can be.
const svg = document.getElementById("house"), stage = document.getElementById("stage");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const nearest = 2.5; // pixels for a unit of the drawing
const rest = 160; // milliseconds without a movement
let view = { ...house }; // what is to be seen; it has the shape of the stage
let drawn = view; // what the view box is
let moving = 0, resting = 0;
let fitted = true; // nobody has moved the camera yet
let printing = false; // the camera is still

// whole is the house; on a small screen without the names of its floors, which could
// not be read there.
const whole = () => (stage.clientWidth < 600 ? { ...house, x: -50, w: house.x + house.w + 50 } : house);
const scale = () => stage.clientWidth / view.w;

// shaped returns the box grown to the shape of the stage, about its middle.
const shaped = (b) => {
	const ratio = stage.clientWidth / Math.max(1, stage.clientHeight);
	const w = Math.max(b.w, b.h * ratio, stage.clientWidth / nearest);
	const h = w / ratio;
	return { x: b.x + (b.w - w) / 2, y: b.y + (b.h - h) / 2, w, h };
};

// carry moves the picture, apply does so soon, and settle draws it anew.
const carry = () => {
	svg.style.transform = `translate(${(drawn.x - view.x) * scale()}px, ${(drawn.y - view.y) * scale()}px) scale(${drawn.w / view.w})`;
};
let pending = false;
const apply = () => {
	clearTimeout(resting);
	resting = setTimeout(settle, rest);
	if (pending) return;
	pending = true;
	requestAnimationFrame(() => {
		pending = false;
		carry();
		if (!svg.classList.contains("afar")) furnish();
	});
};
const settle = () => {
	clearTimeout(resting);
	if (printing) return;
	if (drawn.w !== view.w || drawn.h !== view.h) {
		drawn = view;
		svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
	}
	carry();
	svg.classList.toggle("afar", scale() < 0.42);
	furnish();
};

const stop = () => cancelAnimationFrame(moving);

// show moves the camera to a box.
const show = (b) => {
	stop();
	const from = view, to = shaped(b), begin = performance.now();
	if (calm.matches) {
		view = to;
		return settle();
	}
	const step = (now) => {
		const t = Math.min(1, Math.max(0, now - begin) / 320), e = 1 - (1 - t) ** 3;
		view = {};
		for (const k of ["x", "y", "w", "h"]) view[k] = from[k] + (to[k] - from[k]) * e;
		apply();
		if (t < 1) moving = requestAnimationFrame(step);
		else settle();
	};
	moving = requestAnimationFrame(step);
};
const padded = (b, n = 60) => ({ x: b.x - n, y: b.y - n, w: b.w + 2 * n, h: b.h + 2 * n });
const around = (boxes) => {
	const x = Math.min(...boxes.map((b) => b.x)), y = Math.min(...boxes.map((b) => b.y));
	return { x, y, w: Math.max(...boxes.map((b) => b.x + b.w)) - x, h: Math.max(...boxes.map((b) => b.y + b.h)) - y };
};
const within = (b) => b.x >= view.x && b.y >= view.y && b.x + b.w <= view.x + view.w && b.y + b.h <= view.y + view.h;
const legible = (b) => stage.clientWidth / shaped(b).w > 0.55;

// visit brings a box to see, as near as it can be read: with what is around it, or, on
// a small screen, with a part of it in the middle or from its left end on.
const visit = (b, part) => {
	fitted = false;
	if (within(b) && scale() > 0.55) return;
	const readable = stage.clientWidth / 0.85;
	if (b.w <= readable) show(padded(b, legible(padded(b, 260)) ? 260 : 20));
	else show({ x: part ? part.x + part.w / 2 - readable / 2 : b.x - 20, y: b.y, w: readable, h: b.h });
};

// zoom brings the drawing nearer by a factor about a point of the element.
const zoom = (factor, px = stage.clientWidth / 2, py = stage.clientHeight / 2) => {
	stop();
	fitted = false;
	const widest = shaped(whole()).w * 1.5;
	const w = Math.min(widest, Math.max(stage.clientWidth / nearest, view.w / factor));
	const h = (w * stage.clientHeight) / stage.clientWidth;
	const fx = px / stage.clientWidth, fy = py / stage.clientHeight;
	view = { x: view.x + (view.w - w) * fx, y: view.y + (view.h - h) * fy, w, h };
	apply();
};
const pan = (dx, dy) => {
	stop();
	fitted = false;
	view = { ...view, x: view.x - dx / scale(), y: view.y - dy / scale() };
	apply();
};

// Fingers and the mouse.
const fingers = new Map();
let dragged = 0;
const spread = () => {
	const [p, q] = [...fingers.values()];
	return { d: Math.hypot(p.x - q.x, p.y - q.y), x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
};
const here = (e) => {
	const r = stage.getBoundingClientRect();
	return { x: e.clientX - r.left, y: e.clientY - r.top };
};
stage.addEventListener("pointerdown", (e) => {
	if (e.button !== 0) return;
	if (fingers.size === 0) dragged = 0;
	fingers.set(e.pointerId, here(e));
});
stage.addEventListener("pointermove", (e) => {
	const was = fingers.get(e.pointerId);
	if (!was) return;
	const before = fingers.size === 2 ? spread() : null, now = here(e);
	fingers.set(e.pointerId, now);
	if (before) {
		const after = spread();
		zoom(after.d / Math.max(1, before.d), after.x, after.y);
		pan(after.x - before.x, after.y - before.y);
		dragged = Infinity;
	} else if (fingers.size === 1) {
		dragged += Math.abs(now.x - was.x) + Math.abs(now.y - was.y);
		if (dragged > 6) {
			stage.setPointerCapture(e.pointerId);
			stage.classList.add("dragged");
		}
		pan(now.x - was.x, now.y - was.y);
	}
});
for (const end of ["pointerup", "pointercancel"])
	stage.addEventListener(end, (e) => {
		fingers.delete(e.pointerId);
		stage.classList.remove("dragged");
	});
stage.addEventListener("click", (e) => { if (dragged > 6) e.preventDefault(); }, true);
stage.addEventListener("dragstart", (e) => e.preventDefault());
stage.addEventListener("wheel", (e) => {
	e.preventDefault();
	const p = here(e);
	zoom(Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.002) * (e.ctrlKey ? 4 : 1)), p.x, p.y);
}, { passive: false });
new ResizeObserver(() => {
	if (stage.clientWidth && !printing) show(fitted ? whole() : view);
}).observe(stage);
