package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/terem-go/terem/api"
)

// HelloRequest is the input of the hello route.
type HelloRequest struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"40"`
	}
}

// Hello is its output.
type Hello struct {
	Greeting string `json:"greeting"`
}

func hello(_ context.Context, _ api.None, in *HelloRequest) (*Hello, error) {
	return &Hello{Greeting: "Hello, " + in.Body.Name + "!"}, nil
}

// An API needs no database.
func Example() {
	a := api.New(api.Config{Title: "Greetings"})
	api.Post(a.Router("/api", "greetings"), "/hello", hello, api.Public)
	h, err := a.Handler()
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(h)
	defer server.Close()

	for _, body := range []string{`{"name": "Ada"}`, `{"name": ""}`} {
		resp, err := http.Post(server.URL+"/api/hello", "application/json", strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(resp.StatusCode, strings.SplitN(string(text), `,"request_id"`, 2)[0])
	}
	// Output:
	// 200 {"greeting":"Hello, Ada!"}
	//
	// 422 {"title":"Unprocessable Content","status":422,"detail":"The input breaks a rule.","code":"invalid_input","errors":[{"in":"body","name":"name","message":"expected length >= 1"}]
}

// A handler is an ordinary function: a test may call it without a server.
func Example_handler() {
	in := &HelloRequest{}
	in.Body.Name = "Ada"
	out, err := hello(context.Background(), api.None{}, in)
	fmt.Println(out.Greeting, err)
	// Output:
	// Hello, Ada! <nil>
}
