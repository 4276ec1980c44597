// Reloads the page when the application was built again, and shows why it could
// not be. It is put into pages during development only.
(() => {
	const version = document.currentScript.src.split("?")[1];
	const whole = document.documentElement.dataset.failed !== undefined; // the page is about the failure itself
	let overlay = null;

	const hide = () => {
		overlay?.remove();
		overlay = null;
	};

	const show = text => {
		hide();
		overlay = document.createElement("terem-dev-failure");
		const root = overlay.attachShadow({ mode: "open" });
		const sheet = new CSSStyleSheet(); // allowed by a policy that allows no style in the page
		sheet.replaceSync(`
			:host { position: fixed; inset: 0; z-index: 2147483647; overflow: auto; background: rgb(20 23 26 / 0.92); color: #f3f5f6;
				font: 15px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
			section { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem; }
			header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; }
			h2 { margin: 0; font: 600 1.25rem/1.3 system-ui, sans-serif; color: #ffb4ab; }
			button { font: 600 0.95rem system-ui, sans-serif; padding: 0.4rem 0.9rem; border-radius: 8px; border: 1px solid #7c8a91; background: none; color: inherit; cursor: pointer; }
			pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 1.25rem 0 0; padding: 1rem 1.25rem; background: #0c0e10; border-radius: 10px; }
		`);
		root.adoptedStyleSheets = [sheet];
		const section = document.createElement("section");
		section.setAttribute("role", "alert");
		const header = document.createElement("header");
		const title = document.createElement("h2");
		title.textContent = "The application as it is saved cannot be served";
		const close = document.createElement("button");
		close.textContent = "Hide (Esc)";
		close.addEventListener("click", hide);
		const output = document.createElement("pre");
		output.textContent = text;
		header.append(title, close);
		section.append(header, output);
		root.append(section);
		document.body.append(overlay);
	};

	addEventListener("keydown", event => {
		if (event.key === "Escape") hide();
	});

	const events = new EventSource("/dev/events");
	events.onmessage = event => {
		const state = JSON.parse(event.data);
		if (state.version !== version) {
			events.close();
			location.reload();
		} else if (whole) {
			document.querySelector("pre").textContent = state.failed || "Compiling …";
		} else if (state.failed) {
			show(state.failed);
		} else {
			hide();
		}
	};
	addEventListener("pagehide", () => events.close());
})();
