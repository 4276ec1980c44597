package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// The bench starts itself as contestants and as load; in tests, that is the
// test's program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == contestantCommand || os.Args[1] == loadCommand) {
		if err := command(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestQuick(t *testing.T) {
	t.Parallel()
	if err := supported(); err != nil {
		t.Skip(err)
	}
	var out bytes.Buffer
	args := []string{"-quick", "-json", "-only", "sqlite-read/hand,sqlite-read/terem"}
	if err := command(t.Context(), args, nil, &out); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Clients int
		Rows    []struct {
			Name        string
			Contestants []figures
			Goals       []verdict
		}
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Rows) != 1 || doc.Rows[0].Name != "sqlite-read" || len(doc.Rows[0].Contestants) != 2 || doc.Clients != clients {
		t.Fatalf("%s", out.Bytes())
	}
	for _, f := range doc.Rows[0].Contestants {
		if f.Rate.Median <= 0 || f.App.Median <= 0 || f.CPU != f.App || f.DB.Median != 0 ||
			f.P99.Median < f.P50.Median || f.Allocs.Median < 1 || f.Failed != 0 || f.PerCPU == nil {
			t.Errorf("%+v", f)
		}
	}
	if goals := doc.Rows[0].Goals; len(goals) != 2 || goals[0].Want != 0.85 || goals[1].Want != tail {
		t.Errorf("goals: %+v", goals)
	}
}

func TestUnknownCommand(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"sessions", "-only pg-raed", "-only pg-read/torem", "-rounds 0", "-seconds 0", "session -n 0"} {
		if err := command(t.Context(), strings.Fields(args), nil, new(bytes.Buffer)); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}
