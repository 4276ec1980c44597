package auth

import (
	"cmp"
	"strings"
)

// names are what stands in the texts that clients call themselves by. The first that
// does counts: browsers name those that they want to be taken for, too.
type names [][2]string

var (
	browsers = names{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = names{
		{"Windows", "Windows"}, {"iPhone", "an iPhone"}, {"iPad", "an iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "a Mac"}, {"Linux", "Linux"},
	}
)

func (n names) in(text string) string {
	for _, pair := range n {
		if strings.Contains(text, pair[0]) {
			return pair[1]
		}
	}
	return ""
}

// Name returns what a login is called in a list of them: the browser and the system, such
// as "Firefox on Windows", where Device tells them; otherwise what Device says of itself.
// It is a help to recognise a login, and no proof: clients call themselves what they like.
func (l *Login) Name() string {
	browser, system := browsers.in(l.Device), systems.in(l.Device)
	switch {
	case !strings.HasPrefix(l.Device, "Mozilla/") || browser == "" && system == "":
		return cmp.Or(l.Device, "an unknown device")
	case system == "":
		return browser
	}
	return cmp.Or(browser, "a browser") + " on " + system
}
