package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// memory is what a contestant has allocated since its start.
type memory struct{ Mallocs, TotalAlloc uint64 }

// memory asks the contestant.
func (p *process) memory() (memory, error) {
	resp, err := http.Get("http://" + p.flags.Debug + "/debug/vars")
	if err != nil {
		return memory{}, err
	}
	defer resp.Body.Close()
	var vars struct{ Memstats memory }
	err = json.NewDecoder(resp.Body).Decode(&vars)
	return vars.Memstats, err
}

// profile writes a CPU profile of the contestant's next seconds into a file.
func (p *process) profile(path string, d time.Duration) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", p.flags.Debug, max(1, int(d.Seconds())))
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, resp.Body)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
