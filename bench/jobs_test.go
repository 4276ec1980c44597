package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestJobs(t *testing.T) {
	t.Parallel()
	if err := supported(); err != nil {
		t.Skip(err)
	}
	var out bytes.Buffer
	if err := measureJobs(t.Context(), []string{"-rounds", "1", "-jobs", "50", "-starts", "2", "-each", "50ms"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Jobs on postgres", "Jobs on sqlite", "worked off, a second of one core", "p50: "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if err := measureJobs(t.Context(), []string{"-rounds", "0"}, &out); err == nil {
		t.Error("no rounds are taken")
	}
}
