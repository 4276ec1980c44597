// Forms with data-stay, such as the button that marks an article, are sent without
// leaving the page: what has changed of such forms is taken from the page that the
// answer leads to. Without this script, that page is shown.

addEventListener("submit", async (event) => {
	const form = event.target;
	if (!form.matches("[data-stay]")) return;
	event.preventDefault();
	if (form.ariaBusy) return;
	form.ariaBusy = "true";
	try {
		const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		if (!answer.ok || !page.getElementById(form.id)) {
			location.reload(); // logged out meanwhile, or the article is gone
			return;
		}
		for (const old of document.querySelectorAll("form[data-stay]")) {
			const now = page.getElementById(old.id);
			if (now) old.replaceWith(now);
		}
		document.getElementById(form.id).querySelector("button").focus();
	} catch {
		form.ariaBusy = null; // no connection: the button works again
	}
});
