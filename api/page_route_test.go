package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// page is an output that renders itself; text "fail" cannot be rendered.
type page struct{ text string }

func (p *page) Render(r *http.Request) (int, http.Header, []byte, error) {
	if p.text == "fail" {
		return 0, nil, nil, errors.New("no template")
	}
	return http.StatusAccepted, http.Header{"Content-Type": {"text/html"}}, []byte("<p>" + p.text + " at " + r.URL.Path), nil
}

// line is a field that reads itself from the body.
type line struct{ text string }

func (l *line) FromRequest(_ *http.Request, body []byte) error {
	if l.text = string(body); l.text == "" {
		return errs.New(errs.Invalid, "empty", "Say something.")
	}
	return nil
}

type lineInput struct{ Line line }

func TestPagesAndForms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "CREATE TABLE lines (text TEXT NOT NULL)")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		a := api.New(api.Config{DB: d})
		api.Post(a.Router("", ""), "/lines", func(ctx context.Context, s *db.Session, in *lineInput) (*page, error) {
			_, err := s.Exec(ctx, "INSERT INTO lines VALUES ($1)", in.Line.text)
			return &page{in.Line.text}, err
		}, api.Public)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		c := apitest.New(t, h)
		r := c.Post("/lines?utm_source=x", "hello").Expect(http.StatusAccepted)
		if r.Body != "<p>hello at /lines" || r.Header.Get("Content-Type") != "text/html" {
			t.Errorf("the page: %q, %v", r.Body, r.Header)
		}
		c.Post("/lines", "fail").ExpectError(500, "internal")
		c.Post("/lines", "").ExpectError(422, "empty")
		var n int
		if err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			return r.QueryRow(ctx, "SELECT count(*) FROM lines").Scan(&n)
		}); err != nil || n != 1 {
			t.Errorf("%d lines are there, want the one whose page was rendered: %v", n, err)
		}
		if spec := c.Get("/openapi.json").Body; strings.Contains(spec, "/lines") {
			t.Error("a page is part of the OpenAPI document")
		}
	})
}

// broken is a field that reads the request and is declared wrongly.
type broken struct{ line }

func (*broken) Verify() error { return errors.New("a wrong tag") }

func TestFieldsThatReadTheRequestAreVerified(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{})
	api.Post(a.Router("", ""), "/lines", func(context.Context, api.None, *struct{ Line broken }) (*page, error) {
		return &page{}, nil
	}, api.Public)
	if err := a.Check(); err == nil || !strings.Contains(err.Error(), "page_route_test.go") || !strings.Contains(err.Error(), "the field Line") || !strings.Contains(err.Error(), "a wrong tag") {
		t.Errorf("Check: %v", err)
	}
}
