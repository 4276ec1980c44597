package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/terem-go/terem/bench/item"
)

// check makes sure that a contestant does the work: that it gives the rows that
// are there byte for byte, adds one that can be read back, and refuses a body
// that breaks a rule. It adds one row.
func check(addr string, e entry) error {
	c := checker{base: "http://" + addr + e.dialect.path, dialect: e.dialect}
	for _, id := range []int64{1, 7, item.Rows} {
		if err := c.row(item.Of(id)); err != nil {
			return err
		}
	}
	if _, err := c.get(c.id(item.Rows*1000), e.dialect.missing); err != nil {
		return err
	}
	for _, body := range []string{`{"name":"","note":"","price":1}`, `{"name":"a","note":"","price":-1}`} {
		if _, err := c.post(body, e.dialect.broken); err != nil {
			return err
		}
	}
	return c.insert()
}

type checker struct {
	base    string
	dialect dialect
}

func (c checker) id(id int64) string {
	if c.dialect.width == 0 {
		return fmt.Sprint(id)
	}
	return item.Padded(c.dialect.id, id, c.dialect.width)
}

// row checks the answer for a row.
func (c checker) row(want item.Item) error {
	got, err := c.get(c.id(want.ID), c.dialect.found)
	if err != nil {
		return err
	}
	if c.dialect.own {
		return same(got, item.CreateOf(want.ID))
	}
	expected, err := json.Marshal(want)
	if err == nil && !bytes.Equal(got, expected) {
		err = fmt.Errorf("row %d is %s, want %s", want.ID, got, expected)
	}
	return err
}

// insert checks that a row can be added, and read back.
func (c checker) insert() error {
	want := item.CreateOf(4711)
	body, err := json.Marshal(want)
	if err != nil {
		return err
	}
	made, err := c.post(string(body), c.dialect.created)
	if err != nil {
		return err
	}
	if err := same(made, want); err != nil {
		return err
	}
	var id struct{ ID any }
	d := json.NewDecoder(bytes.NewReader(made))
	d.UseNumber()
	if err := d.Decode(&id); err != nil {
		return err
	}
	if !c.dialect.own {
		var it item.Item
		if err := json.Unmarshal(made, &it); err != nil {
			return err
		}
		if it.ID <= item.Rows || time.Since(it.CreatedAt).Abs() > time.Minute {
			return fmt.Errorf("a new row has the id %d and was created at %s", it.ID, it.CreatedAt)
		}
	}
	read, err := c.get(fmt.Sprint(id.ID), c.dialect.found)
	if err == nil && !bytes.Equal(read, made) {
		err = fmt.Errorf("a new row is %s, and then %s", made, read)
	}
	return err
}

// same checks the fields that all contestants have.
func same(got []byte, want item.Create) error {
	var c item.Create
	err := json.Unmarshal(got, &c)
	if err == nil && c != want {
		err = fmt.Errorf("got %s, want it to have %+v", got, want)
	}
	return err
}

func (c checker) get(id string, status int) ([]byte, error) {
	resp, err := http.Get(c.base + "/" + id)
	if err != nil {
		return nil, err
	}
	return bodyOf(resp, "GET "+c.base+"/"+id, status)
}

func (c checker) post(body string, status int) ([]byte, error) {
	resp, err := http.Post(c.base, "application/json", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	return bodyOf(resp, "POST "+c.base+" "+body, status)
}

// bodyOf returns the body of an answer that must have a status, and without the
// line feed that some have at the end.
func bodyOf(resp *http.Response, request string, status int) ([]byte, error) {
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if t := resp.Header.Get("Content-Type"); resp.StatusCode != status || status < 300 && !strings.HasPrefix(t, "application/json") {
		return nil, fmt.Errorf("%s: %s, %s\n%s\nwant %d", request, resp.Status, t, b, status)
	}
	return bytes.TrimSuffix(b, []byte("\n")), nil
}
