package api_test

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
)

type numberList struct {
	api.CursorRequest
}

type numberRead struct {
	N int `json:"n"`
}

// listNumbers lists the numbers up to 9, as dao's After lists rows.
func listNumbers(_ context.Context, _ api.None, in *numberList) (*api.Slice[numberRead], error) {
	at := 0
	if in.After() != "" {
		var err error
		if at, err = strconv.Atoi(in.After()); err != nil {
			return nil, err
		}
	}
	var rows []int
	for n := at; n < min(at+in.Size, 10); n++ {
		rows = append(rows, n)
	}
	next := ""
	if at+in.Size < 10 {
		next = strconv.Itoa(at + in.Size)
	}
	return api.SliceOf(in.CursorRequest, rows, next, func(n *int) numberRead { return numberRead{*n} }), nil
}

func numbersOf(t *testing.T, key string) *apitest.Client {
	t.Helper()
	a := api.New(api.Config{Key: []byte(key)})
	r := a.Router("", "")
	api.Get(r, "/numbers", listNumbers, api.Public)
	api.Get(r, "/others", listNumbers, api.Public, api.OperationID("others"))
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return apitest.New(t, h)
}

func TestCursors(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 32)
	c := numbersOf(t, key)
	var got []int
	cursor, seen := "", []string{}
	for {
		var s api.Slice[numberRead]
		c.Get("/numbers?size=4&cursor=" + url.QueryEscape(cursor)).Expect(200).JSON(&s)
		for _, n := range s.Items {
			got = append(got, n.N)
		}
		if cursor = s.Next; cursor == "" {
			break
		}
		seen = append(seen, cursor)
	}
	if len(got) != 10 || got[9] != 9 || len(seen) != 2 {
		t.Errorf("went through %v by %v", got, seen)
	}
	numbersOf(t, key).Get("/numbers?cursor=" + seen[0]).Expect(200) // another process of the application
	for name, path := range map[string]string{
		"not signed":          "/numbers?cursor=4",
		"signed by nobody":    "/numbers?cursor=4.",
		"tampered with":       "/numbers?cursor=5" + strings.TrimPrefix(seen[0], "4"),
		"cut":                 "/numbers?cursor=" + seen[0][:len(seen[0])-1],
		"that of another one": "/others?cursor=" + seen[0],
	} {
		if r := c.Get(path).ExpectError(422, "cursor_invalid"); !strings.Contains(r.Body, `"name":"cursor"`) {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
	numbersOf(t, "another key").Get("/numbers?cursor="+seen[0]).ExpectError(422, "cursor_invalid")
	numbersOf(t, "").Get("/numbers?cursor="+seen[0]).ExpectError(422, "cursor_invalid")
	if spec := c.Get("/openapi.json").Expect(200).Body; !strings.Contains(spec, `"name":"cursor"`) || strings.Contains(spec, "Seal") {
		t.Errorf("the cursor is not described as one: %s", spec)
	}
}
