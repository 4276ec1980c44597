package civil_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/terem-go/terem/civil"
)

func Example() {
	sent := civil.NewDate(2026, time.November, 27)
	invoice := struct {
		Due civil.Date `json:"due"`
	}{sent.AddDays(14)}
	text, err := json.Marshal(invoice)
	fmt.Println(string(text), err, invoice.Due.Weekday(), invoice.Due.After(sent))
	// Output: {"due":"2026-12-11"} <nil> Friday true
}
