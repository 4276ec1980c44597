package users_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold/app/users"
)

// Nobody learns from the time of an answer which addresses are registered.
//
// A login spends its time on hashing: an address that nobody has registered is told by
// an answer without it. So the test makes hashing as slow that it stands out from
// everything else on any machine, asks for known and unknown addresses in turns, so that
// what else happens there slows down both, and compares the medians. They are equal but
// for noise, and many times apart where one side does not hash, so that half and double
// are wide bounds; three rounds are for a machine that stalls.
func TestLoginTakesAsLongForNobody(t *testing.T) {
	slow := users.Config{Passwords: auth.PasswordConfig{Memory: 32 * 1024, Time: 4, Wait: time.Minute}}
	eachHandler(t, slow, func(t *testing.T, h http.Handler, d *db.DB, _ *users.Domain) {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		post := func(path string, body map[string]string) (status int, took time.Duration) {
			encoded, _ := json.Marshal(body) // never fails
			began := time.Now()
			answer, err := http.Post(server.URL+path, "application/json", bytes.NewReader(encoded))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				t.Fatal(err)
			}
			return answer.StatusCode, time.Since(began)
		}
		var ratio float64
		for round := range 3 {
			var times [2][]time.Duration                                                                          // known, unknown
			name := func(known, n int) string { return fmt.Sprintf("user%d%d%d@example.com", round, known, n/3) } // three attempts at each
			for n := 0; n < 9; n += 3 {
				if status, _ := post("/api/users", map[string]string{"email": name(0, n), "password": password, "name": "Ada"}); status != 201 {
					t.Fatalf("status %d", status)
				}
			}
			for n := range 9 {
				for who := range times {
					status, took := post("/api/auth/login", map[string]string{"email": name(who, n), "password": "wrong horse battery"})
					if status != 401 {
						t.Fatalf("status %d", status)
					}
					times[who] = append(times[who], took)
				}
			}
			for who := range times {
				slices.Sort(times[who])
			}
			ratio = float64(times[1][4]) / float64(times[0][4])
			t.Logf("known %v\nunknown %v\nratio of the medians %.2f", times[0], times[1], ratio)
			if ratio > 0.5 && ratio < 2 {
				return
			}
		}
		t.Errorf("an address that nobody has registered takes %.2f times as long as one that somebody has", ratio)
	})
}

// What is asked of the database for an address does not depend on whether somebody has
// registered it, and neither does the answer: for what does not hash, this is the time.
func TestTheSameWorkForNobody(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		signUp(c, "ada@example.com")
		for path, body := range map[string]map[string]any{"/api/auth/forgot": {}, "/api/auth/login": {"password": "wrong horse battery"}} {
			for n := range 8 { // the sixth is refused
				var sent, answers [2]string
				for i, email := range []string{"ada@example.com", "eve@example.com"} {
					body["email"] = email
					watched := dbtest.Watch(d, func() {
						r := c.Post(path, body)
						var e struct{ Code string }
						if r.Body != "" {
							r.JSON(&e)
						}
						answers[i] = fmt.Sprint(r.Status, e.Code)
					})
					for line := range strings.Lines(watched.String()) {
						if !strings.Contains(line, "Notification") { // wakes workers, but not more often than they can
							sent[i] += line
						}
					}
				}
				if sent[0] == "" || sent[0] != sent[1] || answers[0] != answers[1] {
					t.Errorf("%s, attempt %d: %s for who is registered, %s for nobody:\n%s\n%s", path, n+1, answers[0], answers[1], sent[0], sent[1])
				}
			}
		}
	})
}
