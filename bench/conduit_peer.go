package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/terem-go/terem/bench/load"
)

// conduitPeer is another implementation of the specification, which runs somewhere and
// has articles of its own. The bench adds users, follows, marks and articles to them.
type conduitPeer struct {
	name, addr, base    string
	tokens, slugs, tags []string
}

// parsePeer reads name=http://host:port/api.
func parsePeer(s string) (*conduitPeer, error) {
	name, address, _ := strings.Cut(s, "=")
	u, err := url.Parse(address)
	if err != nil || name == "" || name == "hand" || name == "terem" || u.Scheme != "http" || u.Port() == "" {
		return nil, fmt.Errorf("expected a name and an address, such as other=http://127.0.0.1:3000/api, and not %q", s)
	}
	return &conduitPeer{name: name, addr: u.Host, base: strings.TrimSuffix(u.Path, "/")}, nil
}

// How many articles of a peer are asked for, and how many authors each client follows,
// at most.
const peerArticles, peerFollows = 1000, 100

// prepare registers a user for each client, and finds out which articles and tags there
// are: the newest ones of the list of all, with their tags. Each user follows their
// authors.
func (p *conduitPeer) prepare(ctx context.Context, seed uint64) error {
	for i := range clients {
		name := fmt.Sprintf("bench%x-%d", seed, i)
		token, err := logIn(ctx, p.url("/users"), map[string]string{"username": name, "email": name + "@example.com", "password": "correct horse " + name})
		if err != nil {
			return err
		}
		p.tokens = append(p.tokens, token)
	}
	authors, tags := map[string]bool{}, map[string]bool{}
	for len(p.slugs) < peerArticles {
		var l struct {
			Articles []struct {
				Slug    string
				TagList []string
				Author  struct{ Username string }
			}
		}
		if err := p.call(ctx, "GET", fmt.Sprintf("/articles?limit=100&offset=%d", len(p.slugs)), p.tokens[0], &l); err != nil {
			return err
		}
		if len(l.Articles) == 0 {
			break
		}
		for _, a := range l.Articles {
			p.slugs = append(p.slugs, url.PathEscape(a.Slug))
			if len(authors) < peerFollows {
				authors[a.Author.Username] = true
			}
			for _, tag := range a.TagList {
				if !tags[tag] {
					tags[tag] = true
					p.tags = append(p.tags, url.QueryEscape(tag))
				}
			}
		}
	}
	if len(p.slugs) == 0 || len(p.tags) == 0 {
		return errors.New("it has no articles, or none with tags: fill it first")
	}
	for author := range authors {
		for _, token := range p.tokens {
			if err := p.call(ctx, "POST", "/profiles/"+url.PathEscape(author)+"/follow", token, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *conduitPeer) url(path string) string { return "http://" + p.addr + p.base + path }

func (p *conduitPeer) call(ctx context.Context, method, path, token string, into any) error {
	status, text, err := conduitAnswer(ctx, method, p.url(path), token, "")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s %s answers %d %s", method, path, status, text)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// peer measures a peer. What it uses of the processors is not known.
func (c *conduits) peer(ctx context.Context, p *conduitPeer, row string, round int) (conduitSample, error) {
	r, err := c.load(ctx, p.addr, &load.Conduit{Row: row, Base: p.base, Tokens: p.tokens, Slugs: p.slugs, Tags: p.tags}, round, func() error { return nil })
	return conduitSample{sample: newSample(r, usage{})}, err
}
