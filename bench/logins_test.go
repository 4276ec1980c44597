package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestLogins(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := logins(t.Context(), []string{"-for", "200ms", "-reads", "20", "-logins", "20"}, &out); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); !strings.Contains(s, "The reads were answered map[200:4], the logins map[401:") {
		t.Error(s)
	}
}
