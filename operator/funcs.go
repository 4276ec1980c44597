package operator

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"time"

	"github.com/terem-go/terem/jobs"
)

// funcs are the functions of the templates.
func funcs(c Config) template.FuncMap {
	return template.FuncMap{
		"app":     func() string { return c.Name },
		"path":    func() string { return c.Path },
		"number":  number,
		"when":    func(t time.Time) when { return when{t, time.Until(t)} },
		"escape":  url.PathEscape,
		"percent": percent,
		"counted": func() []jobs.State { return jobs.Counted },
	}
}

// number writes how many jobs there are.
func number(n int) string {
	if n >= jobs.CountMost {
		return strconv.Itoa(jobs.CountMost) + "+"
	}
	return strconv.Itoa(n)
}

// percent returns how far a job has come, from 0 to 100.
func percent(p *jobs.Progress) int64 {
	if p.Total <= 0 {
		return 0
	}
	return min(max(int64(float64(p.Done)/float64(p.Total)*100), 0), 100)
}

// when is a moment as the pages show it.
type when struct {
	time.Time
	until time.Duration
}

// Machine is the moment for programs.
func (w when) Machine() string { return w.UTC().Format(time.RFC3339) }

// Exact is the moment by the clock.
func (w when) Exact() string { return w.UTC().Format("2 January 2006, 15:04:05 UTC") }

// About is how far away the moment is.
func (w when) About() string {
	d := w.until.Abs()
	text := ""
	switch {
	case d < time.Second:
		return "now"
	case d < 90*time.Second:
		text = fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 90*time.Minute:
		text = fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 36*time.Hour:
		text = fmt.Sprintf("%d h", int(d.Hours()))
	default:
		text = fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	if w.until < 0 {
		return text + " ago"
	}
	return "in " + text
}
