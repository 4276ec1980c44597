package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// question is a request that both programs answer alike.
type question struct {
	method, path, body string
	token              string
	status             int
	loose              bool // only the status is compared: each says in its own words what is wrong
}

// questions are asked one after the other: what one of them writes, those behind it read.
func (c *conduits) questions() []question {
	one, two, bad := c.tokens[0], c.tokens[1], "x.y.z"
	draft := func(title, body, rest string) string {
		return fmt.Sprintf(`{"article":{"title":%q,"description":"About <it> & more","body":%q%s}}`, title, body, rest)
	}
	return []question{
		{"GET", "/articles/article-1", "", one, 200, false},
		{"GET", "/articles/article-2", "", "", 200, false},
		{"GET", "/articles/article-3", "", bad, 200, false},
		{"GET", "/articles/none", "", one, 404, false},
		{"GET", "/articles", "", one, 200, false},
		{"GET", "/articles", "", "", 200, false},
		{"GET", "/articles", "", bad, 401, false},
		{"GET", "/articles?limit=3&offset=50", "", two, 200, false},
		{"GET", "/articles?limit=0", "", two, 422, true},
		{"GET", "/articles?offset=x", "", two, 422, true},
		{"GET", "/articles?offset=900000000", "", two, 200, false},
		{"GET", "/articles?tag=topic1", "", one, 200, false},
		{"GET", "/articles?tag=detail7&limit=2", "", "", 200, false},
		{"GET", "/articles?tag=none", "", one, 200, false},
		{"GET", "/articles/feed", "", one, 200, false},
		{"GET", "/articles/feed?limit=7&offset=11", "", two, 200, false},
		{"GET", "/articles/feed", "", "", 401, false},
		{"GET", "/articles/feed", "", bad, 401, false},
		{"POST", "/articles/article-7/favorite", "", one, 200, false},
		{"POST", "/articles/article-7/favorite", "", one, 200, false},
		{"POST", "/articles/article-7/favorite", "", two, 200, false},
		{"POST", "/articles/none/favorite", "", one, 404, false},
		{"POST", "/articles/article-7/favorite", "", "", 401, false},
		{"GET", "/articles/article-7", "", one, 200, false},
		{"DELETE", "/articles/article-7/favorite", "", one, 200, false},
		{"DELETE", "/articles/article-7/favorite", "", one, 200, false},
		{"DELETE", "/articles/none/favorite", "", one, 404, false},
		{"POST", "/articles", draft("  Twice & for <all>: Ж ", "b", `,"tagList":["topic1","new","тег"]`), one, 201, false},
		{"POST", "/articles", draft("Twice & for <all>: Ж", "b", `,"tagList":[]`), two, 201, false},
		{"POST", "/articles", draft("Feed", "b", ""), one, 201, false},
		{"POST", "/articles", draft("Title", " ", ""), one, 422, false},
		{"POST", "/articles", draft(strings.Repeat("t", 256), "b", ""), one, 422, true},
		{"POST", "/articles", draft("Title", "b", `,"tagList":["a","a"]`), one, 422, true},
		{"POST", "/articles", draft("Title", "b", `,"unknown":1`), one, 422, true},
		{"POST", "/articles", `{"article":`, one, 422, true},
		{"POST", "/articles", draft("Title", "b", ""), "", 401, false},
		{"GET", "/articles?limit=5", "", two, 200, false},
		{"GET", "/articles?tag=new", "", two, 200, false},
	}
}

// agree makes sure that both programs give the same answers: the same statuses and the
// same JSON, but for times of what has just been written, and the ends of slugs that are
// drawn by lot.
func (c *conduits) agree(ctx context.Context) error {
	var answers [][]any
	for _, program := range c.programs {
		all, err := c.ask(ctx, program)
		if err != nil {
			return fmt.Errorf("%s: %w", program.name, err)
		}
		answers = append(answers, all)
	}
	for i, q := range c.questions() {
		if a, b := answers[0][i], answers[1][i]; !q.loose && !reflect.DeepEqual(a, b) {
			return fmt.Errorf("%s %s %s: %s answers\n%v\nand %s\n%v", q.method, q.path, q.body, c.programs[0].name, a, c.programs[1].name, b)
		}
	}
	return nil
}

// ask asks a program the questions.
func (c *conduits) ask(ctx context.Context, program conduitProgram) (all []any, err error) {
	d, err := c.fresh(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.drop(context.WithoutCancel(ctx))) }()
	p, _, err := c.start(ctx, program, d.url)
	if err != nil {
		return nil, err
	}
	defer end(p)
	for _, q := range c.questions() {
		status, text, err := conduitAnswer(ctx, q.method, "http://"+p.flags.Addr+"/api"+q.path, q.token, q.body)
		if err != nil {
			return nil, err
		}
		var answer any
		if err := json.Unmarshal(text, &answer); err != nil || status != q.status {
			return nil, fmt.Errorf("%s %s %s is answered with %d %s, expected %d", q.method, q.path, q.body, status, text, q.status)
		}
		all = append(all, settled("", answer))
	}
	return all, nil
}

// settled replaces what differs whenever it is written.
func settled(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = settled(name, inner)
		}
	case []any:
		for i := range v {
			v[i] = settled(name, v[i])
		}
	case string:
		switch name {
		case "createdAt", "updatedAt":
			if at, err := time.Parse("2006-01-02T15:04:05.000Z", v); err == nil && time.Since(at).Abs() < time.Minute {
				return "now"
			}
		case "slug":
			for _, begin := range []string{"twice-for-all-ж-", "feed-"} {
				if rest, ok := strings.CutPrefix(v, begin); ok && len(rest) == 10 {
					return begin + "…"
				}
			}
		}
	}
	return v
}
