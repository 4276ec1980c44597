package settings

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// The sources of a setting. The other is a line of the .env file, such as .env:3.
const (
	SourceEnvironment = "environment"
	SourceDefault     = "default"
	SourceNone        = "not set"
)

// Setting is a setting as it was found. It holds no secrets, and can be logged or sent as JSON.
type Setting struct {
	Name    string `json:"name"`
	Value   string `json:"value"`   // its text, with secrets and passwords as ***; empty if it is not set
	Default string `json:"default"` // what its envDefault says, printed likewise
	Source  string `json:"source"`  // SourceEnvironment, SourceDefault, SourceNone, or file and line
	Doc     string `json:"doc"`     // from its doc tag
}

// Report lists the settings in the order of the struct.
type Report []Setting

// WriteTable writes the report as aligned text for people, with a heading.
func (r Report) WriteTable(w io.Writer) error {
	var table bytes.Buffer
	tab := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "NAME\tVALUE\tSOURCE\tDEFAULT\tDESCRIPTION")
	for _, s := range r {
		fmt.Fprintln(tab, strings.Join([]string{s.Name, cell(s.Value), s.Source, cell(s.Default), cell(s.Doc)}, "\t"))
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// cell quotes text that would break out of its cell, or do something to the terminal.
func cell(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
