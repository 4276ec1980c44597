// What the command dev adds to pages: it loads them again when another process
// serves, and shows what keeps the files as they are from being served.
//
// Pages may have a strict Content-Security-Policy, so nothing here writes style
// attributes or HTML.
(() => {
	"use strict";
	// The process that this page is from; "" on the page that stands in for the application.
	const { process: own, form } = document.currentScript.dataset;
	let dismissed = ""; // what somebody has read
	let overlay = null;

	const sheet = new CSSStyleSheet();
	sheet.replaceSync(`
		:host { all: initial !important; position: fixed !important; inset: auto 0 0 0 !important; z-index: 2147483647 !important; display: block !important; }
		[role=alert] { box-sizing: border-box; max-height: 80vh; overflow: auto; padding: 1rem 1.25rem 1.25rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark;
			color: #1c1b1f; background: #fff; border-top: 0.25rem solid #a3120a; box-shadow: 0 0 2rem rgb(0 0 0 / 0.45); }
		header { display: flex; gap: 1rem; align-items: start; justify-content: space-between; }
		h2 { margin: 0; font: 600 1.15rem/1.4 system-ui, sans-serif; color: #a3120a; }
		button { flex: none; padding: 0.25rem 0.75rem; font: inherit; color: inherit; background: none; border: 1px solid currentColor; border-radius: 0.4rem; cursor: pointer; }
		pre { margin: 0.75rem 0 0; font: 0.9rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
		@media (prefers-color-scheme: dark) {
			[role=alert] { color: #ece8ea; background: #221f21; border-color: #ff9b90; }
			h2 { color: #ff9b90; }
		}
		@media print { [role=alert] { display: none; } }
	`);

	const element = (name, text, ...children) => {
		const e = document.createElement(name);
		e.textContent = text;
		e.append(...children);
		return e;
	};

	const hide = () => {
		overlay?.remove();
		overlay = null;
	};

	const show = (title, text) => {
		if (overlay?.shown === title + text || dismissed === title + text) return;
		hide();
		overlay = document.createElement("dev-failure");
		overlay.shown = title + text;
		const root = overlay.attachShadow({ mode: "open" });
		root.adoptedStyleSheets = [sheet];
		const alert = element("div", "");
		alert.setAttribute("role", "alert");
		root.append(alert);
		document.documentElement.append(overlay);
		const close = element("button", "Close (Esc)");
		close.type = "button";
		close.addEventListener("click", dismiss);
		alert.append(element("header", "", element("h2", title), close), element("pre", text)); // now, so that it is read out
	};

	const dismiss = () => {
		if (overlay) dismissed = overlay.shown;
		hide();
	};

	addEventListener("keydown", event => {
		if (event.key === "Escape") dismiss();
	});

	// A page is loaded once for each process: something may keep it as it was, such as a service worker.
	const load = process => {
		const key = "dev: loaded", what = process + " " + location.href;
		try {
			if (sessionStorage.getItem(key) === what) return;
			sessionStorage.setItem(key, what);
		} catch {
			return; // a page without storage cannot tell
		}
		location.reload();
	};

	const take = ({ process, title, text }) => {
		const changed = process !== "" && process !== own;
		if (changed && form === undefined) load(process);
		if (own === "") { // the page is about nothing else
			if (title) {
				document.title = document.querySelector("h1").textContent = title;
				document.querySelector("pre").textContent = text;
			}
			if (changed && form !== undefined) document.querySelector("h1").textContent = "The application serves again. Go back, and send the form again.";
			return;
		}
		if (title) {
			show(title, text);
		} else if (changed && form !== undefined) {
			show("The application has changed", "This page answers a form, so it is not loaded again by itself: that would send the form once more.");
		} else {
			dismissed = "";
			hide();
		}
	};

	// A browser has few connections to a site, so only tabs that are seen keep one.
	let events = null;
	const connect = () => {
		events?.close();
		events = null;
		if (document.visibilityState === "hidden") return;
		events = new EventSource("/dev/events");
		events.onmessage = event => take(JSON.parse(event.data));
	};
	document.addEventListener("visibilitychange", connect);
	connect();
})();
