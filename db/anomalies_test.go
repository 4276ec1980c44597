package db_test

import (
	"context"
	"fmt"

	"github.com/terem-go/terem/db"
)

// anomaly is a history of Hermitage (github.com/ept/hermitage), and whether what
// its units saw and left cannot be had from units that run one after the other.
type anomaly struct {
	writers bool // it is among units that write; else the unit "look" looks on
	run     func(h *history) (possible bool)
}

var anomalies = map[string]anomaly{
	"G0": {writers: true, run: func(h *history) bool {
		h.exec("a", set(1, 11))
		h.exec("b", set(1, 12))
		h.exec("a", set(2, 21))
		h.commit("a")
		h.exec("b", set(2, 22))
		h.end("a", "b")
		left := all(h)
		return left != "11 21" && left != "12 22"
	}},
	"G1a": {run: func(h *history) bool {
		h.exec("a", set(1, 101))
		before := h.read("look", value(1))
		h.abort("a")
		after := h.read("look", value(1))
		h.end("a", "look")
		return *before == "101" || *after == "101"
	}},
	"G1b": {run: func(h *history) bool {
		h.exec("a", set(1, 101))
		seen := h.read("look", value(1))
		h.exec("a", set(1, 11))
		h.end("a", "look")
		return *seen == "101"
	}},
	"G1c": {writers: true, run: func(h *history) bool {
		h.exec("a", set(1, 11))
		h.exec("b", set(2, 22))
		two, one := h.read("a", value(2)), h.read("b", value(1))
		return h.end("a", "b") && *two == "22" && *one == "11"
	}},
	"OTV": {run: func(h *history) bool {
		h.exec("a", set(1, 11))
		h.exec("a", set(2, 19))
		h.exec("b", set(1, 12))
		h.commit("a")
		one := h.read("look", value(1))
		h.exec("b", set(2, 18))
		two := h.read("look", value(2))
		h.commit("b")
		twoAgain, oneAgain := h.read("look", value(2)), h.read("look", value(1))
		h.end("look")
		return *one == "12" && *two == "19" || *twoAgain == "18" && *oneAgain == "11"
	}},
	"PMP": {run: func(h *history) bool {
		before := h.read("look", "SELECT id FROM test WHERE value = 30")
		h.exec("b", "INSERT INTO test VALUES (3, 30)")
		h.commit("b")
		after := h.read("look", "SELECT id FROM test WHERE value % 3 = 0")
		h.end("look", "b")
		return *before == "" && *after == "3"
	}},
	"PMP for writes": {writers: true, run: func(h *history) bool {
		h.exec("a", "UPDATE test SET value = value + 10")
		h.exec("b", "DELETE FROM test WHERE value = 20") // the row of a, which is now 20, or the one that was
		h.commit("a")
		return h.end("a", "b") && all(h) == "20 30"
	}},
	"P4": {writers: true, run: func(h *history) bool {
		one, same := h.read("a", value(1)), h.read("b", value(1))
		increase := func(name string, read *string) {
			h.step(name, func(ctx context.Context, u unit) error {
				return u.exec(ctx, fmt.Sprintf("UPDATE test SET value = %s + 1 WHERE id = 1", *read))
			})
		}
		increase("a", one)
		increase("b", same)
		return h.end("a", "b") && all(h) != "12 20"
	}},
	"G-single": {run: func(h *history) bool {
		one := h.read("look", value(1))
		h.exec("b", set(1, 12))
		h.exec("b", set(2, 18))
		h.commit("b")
		two := h.read("look", value(2))
		h.end("look", "b")
		return *one == "10" && *two == "18"
	}},
	"G2-item": {writers: true, run: func(h *history) bool {
		a, b := h.read("a", values), h.read("b", values)
		h.exec("a", set(1, 11))
		h.exec("b", set(2, 21))
		return h.end("a", "b") && *a == *b
	}},
	"G2": {writers: true, run: func(h *history) bool {
		const thirds = "SELECT id FROM test WHERE value % 3 = 0"
		a, b := h.read("a", thirds), h.read("b", thirds)
		h.exec("a", "INSERT INTO test VALUES (3, 30)")
		h.exec("b", "INSERT INTO test VALUES (4, 42)")
		return h.end("a", "b") && *a == *b
	}},
	"deadlock": {writers: true, run: func(h *history) bool {
		h.exec("a", set(1, 11))
		h.exec("b", set(2, 22))
		h.exec("a", set(2, 21))
		h.exec("b", set(1, 12))
		return !h.end("a", "b") && (db.ClassOf(h.failed("a")) == db.Contended) != (db.ClassOf(h.failed("b")) == db.Contended)
	}},
	"waiting": {writers: true, run: func(h *history) bool {
		h.exec("a", set(1, 11))
		h.exec("b", set(2, 22))
		h.mu.Lock()
		waits := !h.units["b"].answered()
		h.mu.Unlock()
		h.end("a", "b")
		return waits
	}},
	"busy": {writers: true, run: func(h *history) bool {
		h.exec("a", set(1, 11))
		h.exec("process", set(2, 22))
		h.until("the other process has an answer", h.units["process"].answered)
		h.end("a", "process")
		return db.ClassOf(h.failed("process")) == db.TimedOut
	}},
}
