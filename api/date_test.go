package api_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/civil"
)

type invoice struct {
	From api.Optional[civil.Date] `query:"due[gte]" format:"date"`
	Body struct {
		Due  civil.Date               `json:"due" format:"date"`
		Paid api.Optional[civil.Date] `json:"paid,omitempty" format:"date"`
		Sent *civil.Date              `json:"sent,omitempty" format:"date"`
	}
}

type paid struct {
	Due  civil.Date  `json:"due" format:"date"`
	Paid *civil.Date `json:"paid" format:"date"`
	From string      `json:"from"`
}

// A date is a text such as 2026-11-27 in bodies and parameters, and in the document.
func TestDates(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{Version: "1"})
	api.Post(a.Router("", ""), "/invoices", func(_ context.Context, _ api.None, in *invoice) (*paid, error) {
		out := &paid{Due: in.Body.Due, Paid: in.Body.Paid.Pointer()}
		if from, ok := in.From.Given(); ok {
			out.From = from.(civil.Date).Format("2 January 2006")
		}
		return out, nil
	}, api.Public)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := apitest.New(t, h)
	var got paid
	c.Post("/invoices?due[gte]=2026-11-01", map[string]any{"due": "2026-11-27", "paid": civil.NewDate(2026, time.November, 28), "sent": "2026-11-20"}).Expect(200).JSON(&got)
	if got.Due != civil.NewDate(2026, time.November, 27) || got.Paid == nil || got.Paid.DaysSince(got.Due) != 1 || got.From != "1 November 2026" {
		t.Errorf("got %+v", got)
	}
	if r := c.Post("/invoices", json.RawMessage(`{"due": "2026-11-27", "paid": null}`)).Expect(200); !strings.Contains(string(r.Body), `"due":"2026-11-27","paid":null`) {
		t.Error(r.Body)
	}
	for _, wrong := range []string{`"2026-02-29"`, `"27.11.2026"`, `"2026-11-27T00:00:00Z"`, `"0000-01-01"`, `""`, `7`, `null`, `{}`} {
		c.Post("/invoices", json.RawMessage(`{"due": `+wrong+`}`)).Expect(422)
		if wrong != "null" {
			c.Post("/invoices", json.RawMessage(`{"due": "2026-11-27", "paid": `+wrong+`}`)).Expect(422)
		}
	}
	for _, wrong := range []string{"2026-02-29", "0000-01-01", "tomorrow"} {
		c.Post("/invoices?due[gte]="+wrong, json.RawMessage(`{"due": "2026-11-27"}`)).Expect(422)
	}
	document := string(c.Get("/openapi.json").Expect(200).Body)
	if n := strings.Count(strings.ReplaceAll(document, " ", ""), `"format":"date"`); n != 6 {
		t.Errorf("%d schemas have the format date, want 6:\n%s", n, document)
	}
}
