package outside_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/terem-go/terem/outside"
)

func Example() {
	failing := true
	bank := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if failing {
			failing = false
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintf(w, "charged once for %s", r.Header.Get("Idempotency-Key"))
	}))
	defer bank.Close()

	client, err := outside.New(outside.Config{})
	if err != nil {
		panic(err)
	}
	r, err := http.NewRequestWithContext(context.Background(), "POST", bank.URL+"/charges", strings.NewReader(`{"amount": 10}`))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Idempotency-Key", "order-17") // so a second attempt does no harm, and is made
	response, err := client.Do(r)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(body), err)
	// Output: 200 charged once for order-17 <nil>
}
