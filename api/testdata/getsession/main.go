// Package main does not compile: GET does not take a session.
package main

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
)

func main() {
	r := api.New(api.Config{}).Router("", "")
	api.Get(r, "/", get, api.Public)
}

func get(context.Context, *db.Session, *struct{}) (*api.Empty, error) { return nil, nil }
