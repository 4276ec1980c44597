// Returns the visible texts whose contrast with what lies behind them is below 4.5 to 1, or 3 to 1 for large
// text: level AA of the Web Content Accessibility Guidelines. Background images are not looked at.
(() => {
	const parse = (colour) => {
		const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
		return { r, g, b, a };
	};
	const over = (top, under) => {
		const mix = (k) => top[k] * top.a + under[k] * (1 - top.a);
		return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
	};
	const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	const luminance = ({ r, g, b }) =>
		0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);

	const white = { r: 255, g: 255, b: 255, a: 1 };
	const poor = new Set();
	const texts = document.createTreeWalker(document.getElementById("docs"), NodeFilter.SHOW_TEXT);
	for (let text; (text = texts.nextNode()); ) {
		const element = text.parentElement;
		if (!text.data.trim() || !element.checkVisibility()) continue;

		const ancestors = [];
		for (let e = element; e; e = e.parentElement) ancestors.unshift(getComputedStyle(e));
		const behind = ancestors.reduce((under, style) => over(parse(style.backgroundColor), under), white);
		const style = ancestors.at(-1);
		const ink = parse(style.color);
		ink.a *= ancestors.reduce((opacity, style) => opacity * style.opacity, 1);

		const [dim, bright] = [luminance(over(ink, behind)), luminance(behind)].sort((p, q) => p - q);
		const ratio = (bright + 0.05) / (dim + 0.05);
		const size = parseFloat(style.fontSize);
		const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
		if (ratio < (large ? 3 : 4.5)) {
			poor.add(`${ratio.toFixed(2)} "${text.data.trim()}" in <${element.localName} class="${element.className}">`);
		}
	}
	return [...poor];
})();
