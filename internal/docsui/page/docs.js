"use strict";

// Swagger UI has a dark theme and leaves it to the page when to use it: here the system decides, also
// when it changes while the page is open.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const docs = document.getElementById("docs");

SwaggerUIBundle({
	domNode: docs,
	url: docs.dataset.specUrl,
	deepLinking: true,
	displayRequestDuration: true,
	docExpansion: "list",
	filter: true,
	persistAuthorization: false, // tokens live as long as the page
	syntaxHighlight: { activated: true, theme: "tomorrow-night" }, // the default's red is hard to read
	tryItOutEnabled: true,
	validatorUrl: null, // the default is a public service; this layout does not ask it, and none shall
});
