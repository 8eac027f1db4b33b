package session

import "strings"

// The order matters: most browsers also claim to be the ones below them.
var browsers = []struct{ mark, name string }{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Opera", "Opera"}, {"SamsungBrowser", "Samsung Internet"},
	{"Samsung Internet", "Samsung Internet"}, {"Vivaldi", "Vivaldi"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"},
	{"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Chromium", "Chrome"}, {"Safari", "Safari"}, {"curl", "curl"},
}

var systems = []struct{ mark, name string }{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
	{"CrOS", "ChromeOS"}, {"ChromeOS", "ChromeOS"}, {"Mac OS X", "Mac"}, {"Macintosh", "Mac"}, {"Mac", "Mac"}, {"Linux", "Linux"},
}

// Agent makes a short label of a User-Agent header: "Firefox, Windows". It is
// made of our own words only, so nothing that a browser claims about itself
// reaches a page; what is not known is "". A label gives itself.
func Agent(userAgent string) string {
	var parts []string
	for _, list := range [...][]struct{ mark, name string }{browsers, systems} {
		for _, b := range list {
			if strings.Contains(userAgent, b.mark) {
				parts = append(parts, b.name)
				break
			}
		}
	}
	return strings.Join(parts, ", ")
}
