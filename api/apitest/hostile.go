package apitest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hostile returns n distinct texts that programs stumble over, always the same ones:
// characters of every category of Unicode, invalid UTF-8, control, invisible, combining
// and look-alike characters, texts that turn around, numbers, white space, very long
// ones, and what breaks out of SQL, HTML, JavaScript, JSON, templates, shells, paths,
// headers and logs; alone, within others and mixed. A field that takes texts stores and
// shows them as they are, or refuses them.
func Hostile(n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	parts := hostileParts()
	seen := map[string]bool{}
	var list []string
	add := func(text string) {
		if !seen[text] && len(list) < n {
			seen[text] = true
			list = append(list, text)
		}
	}
	random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	for _, p := range parts {
		add(p)
	}
	for len(list) < n {
		p, q := parts[random.IntN(len(parts))], parts[random.IntN(len(parts))]
		switch random.IntN(6) {
		case 0:
			add("a" + p + "b")
		case 1:
			add(p + "@example.com")
		case 2:
			add(p + p)
		case 3:
			add(strings.Repeat(p, 1+random.IntN(1+2000/(1+len(p)))))
		case 4:
			add("name " + p + " " + q)
		case 5:
			add(p + q)
		}
	}
	return list
}

// hostileParts are what Hostile mixes.
func hostileParts() []string {
	parts := []string{
		"", " ", "\t", "\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u00a0", "\u2003", "\u2028", "\u2029", "\u3000", "\x00", "\x01", "\x1b[31m", "\x1b]0;x\x07", "\x7f", "\x80", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xf0\x9f",
		"\u202e\u202dtxt.exe", "\u2066x\u2069", "\u200b", "\u200d", "\u00ad", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\ue000", "\U000e0041", "\U0010ffff", "e\u0301", "\u00e9", "\u212b", "\u1e9b\u0323", "Z\u0351\u036b\u0343\u036a\u0302", "\u0301", "ﬁ", "İ", "ı", "ß", "ſ",
		"а\u0501а", "раураl", "Αda", "ada", "ＡＤＡ", "𝔸𝕕𝕒", "١٢٣", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇺🇦", "1️⃣", "مرحبا", "שלום", "नमस्ते", "ก็็็็็", "田中さん", "한국어", "\u1160", "\u3164",
		"'", "''", `"`, "`", "\\", "\\'", "';--", "' OR '1'='1", "'; DROP TABLE users; --", `" OR ""="`, "$1", "$$", "?", ":name", "%", "_", "\\%", "E'\\000'", "$q$x$q$", "/*", "*/", "--", "UNION SELECT NULL", "0x27", "CAST(1 AS int)", "pg_sleep(1)", "randomblob(9)",
		"<script>alert(1)</script>", "<b>", "</title>", "</textarea>", "-->", "<!--", "]]>", "<![CDATA[", `"><img src=x onerror=alert(1)>`, "' onmouseover='x", "&lt;", "&amp;", "&#0;", "&#x202e;", "&", "javascript:alert(1)", "data:text/html,x", "<svg/onload=x>", "<?xml?>", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///x'>]>", "</script>", "\u003c",
		"{{.Password}}", "{{define \"x\"}}", "{{", "}}", "${7*7}", "#{x}", "<%= x %>", "{% x %}", "[[x]]", "${jndi:ldap://x.example/}", "%s%n%d%x", "%!s(MISSING)", "%00", "%0d%0a", "%u0000", "%ff", "+", "=", ";", "&x=y", "#", "a&b=c", "\\u0000", "\\ud800", "\\x00",
		"{}", "[]", `{"$gt":""}`, `{"__proto__":1}`, `","is_superuser":true,"x":"`, "null", "true", "false", "undefined", "NaN", "Infinity", "-1", "0", "-0", "1e309", "1e-400", "0x7f", "007", "1_000", "1,5", "2147483648", "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "1970-01-01", "0000-00-00", "2026-02-30T25:61:61Z",
		"\r\nSet-Cookie: login=x", "\nBcc: x@example.com", "%0aBcc:x", "\r\n\r\n<html>", "X: y", "Host: evil.example", "\n.\nQUIT", "=?utf-8?q?x?=", "level=ERROR msg=x", "\n{\"level\":\"ERROR\"}",
		"../../etc/passwd", `..\..\x`, "/", "//evil.example", "https://evil.example/", `/\evil.example`, "/%2fevil.example", "/\t/evil.example", "http:evil.example", "C:\\x", "CON", "file:///x", "\\\\x\\y", "~", "*", ".", "..", "-rf", "$(id)", "`id`", "| cat", "; ls", "> x", "a b", "@",
		"a@b", "ada@example.com", "ADA@EXAMPLE.COM", "Ada <ada@example.com>", "\"a b\"@example.com", "ada@[192.0.2.1]", "ada+x@example.com", "a@b@c", "ada@exämple.com", "аda@example.com", "ada@example.com,eve@example.com", "(c)ada@example.com", "ada@example.com.", "@example.com", "ada@", "ada\u200b@example.com", "ada\x00@example.com",
		strings.Repeat("a", 99), strings.Repeat("a", 100), strings.Repeat("a", 101), strings.Repeat("ß", 100), strings.Repeat("👩", 100), strings.Repeat("a", 254), strings.Repeat("a", 255), strings.Repeat("é", 1024), strings.Repeat("a", 1025), strings.Repeat("\u0301", 300), strings.Repeat("%", 2000), strings.Repeat("<", 4096), strings.Repeat("a", 65536), strings.Repeat("[", 10000), strings.Repeat("ﷺ", 50), strings.Repeat("a@", 100), strings.Repeat(" ", 1000) + "x",
	}
	for _, name := range slices.Sorted(maps.Keys(unicode.Categories)) { // the ends of a dozen ranges of each
		table := unicode.Categories[name]
		for i := 0; i < len(table.R16); i += 1 + len(table.R16)/12 {
			parts = append(parts, string(rune(table.R16[i].Lo)), "a"+string(rune(table.R16[i].Hi)))
		}
		for i := 0; i < len(table.R32); i += 1 + len(table.R32)/12 {
			parts = append(parts, string(rune(table.R32[i].Lo)), "a"+string(rune(table.R32[i].Hi)))
		}
	}
	for b := 0x80; b <= 0xff; b++ { // each byte that is no character by itself
		parts = append(parts, string([]byte{'a', byte(b), 'b'}))
	}
	for r := rune(0xd800); r <= 0xdfff; r += 0x80 { // halves of characters, as UTF-8 does not have them
		parts = append(parts, string([]byte{0xe0 | byte(r>>12), utf8.RuneSelf | byte(r>>6)&0x3f, utf8.RuneSelf | byte(r)&0x3f}))
	}
	for n := range 64 {
		parts = append(parts, strconv.FormatInt(int64(1)<<n, 10), "-"+strconv.FormatInt(int64(1)<<n, 16))
	}
	return parts
}
