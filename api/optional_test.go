package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
)

type thing struct {
	Least api.Optional[int]       `query:"total[gte]" minimum:"0"`
	Since api.Optional[time.Time] `query:"since"`
	Kind  api.Optional[string]    `query:"kind" enum:"red,green"`
	IDs   api.Optional[[]int]     `query:"id[in]"`
	Body  struct {
		Note  api.Optional[string]    `json:"note,omitempty" maxLength:"5"`
		Count api.Optional[int]       `json:"count,omitempty" minimum:"1"`
		When  api.Optional[time.Time] `json:"when,omitempty"`
		Tags  api.Optional[[]string]  `json:"tags,omitempty" maxItems:"2"`
		Inner api.Optional[detail]    `json:"inner,omitempty"`
	}
}

type detail struct {
	Name string `json:"name" minLength:"2"`
}

type told struct {
	Text string `json:"text"`
}

// tell returns what the input says, field by field.
func tell(_ context.Context, _ api.None, in *thing) (*told, error) {
	b := in.Body
	parts := []string{one("least", in.Least), one("since", in.Since), one("kind", in.Kind), one("ids", in.IDs),
		one("note", b.Note), one("count", b.Count), one("when", b.When), one("tags", b.Tags), one("inner", b.Inner)}
	return &told{strings.Join(strings.Fields(strings.Join(parts, " ")), " ")}, nil
}

func one[T any](name string, o api.Optional[T]) string {
	switch {
	case !o.Set:
		return ""
	case o.Null:
		return name + "=null"
	}
	if v, ok := o.Given(); !ok || o.Pointer() == nil {
		return fmt.Sprint("no value ", v)
	}
	return fmt.Sprintf("%s=%v", name, o.Value)
}

func TestOptional(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{Version: "1"})
	api.Patch(a.Router("", ""), "/things", tell, api.Public)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := apitest.New(t, h)
	for _, test := range []struct{ query, body, want string }{
		{"", `{}`, ""},
		{"", `{"note":"n","count":3,"when":"2026-01-02T03:04:05Z","tags":["a"],"inner":{"name":"in"}}`,
			"note=n count=3 when=2026-01-02 03:04:05 +0000 UTC tags=[a] inner={in}"},
		{"", `{"note":null,"count":null,"when":null,"tags":null}`, "note=null count=null when=null tags=null"},
		{"", `{"note":""}`, "note="},
		{"?total[gte]=0&kind=red&id[in]=1,2", `{}`, "least=0 kind=red ids=[1 2]"},
		{"?since=2026-01-02T03:04:05Z", `{}`, "since=2026-01-02 03:04:05 +0000 UTC"},
	} {
		var got told
		c.Patch("/things"+test.query, json.RawMessage(test.body)).Expect(200).JSON(&got)
		if got.Text != test.want {
			t.Errorf("%s %s: %q, want %q", test.query, test.body, got.Text, test.want)
		}
	}
	for _, test := range []struct{ query, body, field string }{
		{"", `{"note":"longer"}`, "note"},
		{"", `{"note":5}`, "note"},
		{"", `{"count":0}`, "count"},
		{"", `{"tags":["a","b","c"]}`, "tags"},
		{"", `{"when":"yesterday"}`, "when"},
		{"", `{"inner":{"name":"x"}}`, "inner.name"},
		{"?total[gte]=-1", `{}`, "total[gte]"},
		{"?kind=blue", `{}`, "kind"},
		{"?total[lte]=1", `{}`, "total[lte]"},
		{"?kind=red%00", `{}`, "kind"},
	} {
		r := c.Patch("/things"+test.query, json.RawMessage(test.body)).Expect(422)
		if !strings.Contains(r.Body, `"name":"`+test.field+`"`) {
			t.Errorf("%s %s: %s", test.query, test.body, r.Body)
		}
	}
	spec := c.Get("/openapi.json").Expect(200).Body
	for _, want := range []string{`"name":"total[gte]"`, `"type":["string","null"]`, `"type":["integer","null"]`} {
		if !strings.Contains(spec, want) {
			t.Errorf("the OpenAPI document has no %s: %s", want, spec)
		}
	}
}
