package report

import (
	"io"
	"io/fs"
	"net/url"
	"slices"

	pages "github.com/terem-go/terem/docs/rules"
	"github.com/terem-go/terem/internal/structure/rules"
)

// The parts of SARIF 2.1.0 that are used. Names are those of the standard.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string        `json:"id"`
		ShortDescription sarifMessage  `json:"shortDescription"`
		FullDescription  *sarifMessage `json:"fullDescription,omitempty"`
		Help             sarifHelp     `json:"help"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifResult struct {
		RuleID        string            `json:"ruleId"`
		RuleIndex     int               `json:"ruleIndex"`
		Level         string            `json:"level"`
		Message       sarifMessage      `json:"message"`
		Locations     []sarifLocation   `json:"locations"`
		Fingerprints  map[string]string `json:"partialFingerprints"`
		BaselineState string            `json:"baselineState,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

// SARIF prints the report in the form that code hosts show beside the source:
// SARIF 2.1.0. Known findings are there as unchanged.
func (r *Report) SARIF(w io.Writer) error {
	run := sarifRun{ColumnKind: "utf16CodeUnits", Results: []sarifResult{}, Tool: sarifTool{sarifDriver{Name: "terem check", Rules: []sarifRule{}}}}
	add := func(f rules.Finding, state string) error {
		index := slices.IndexFunc(run.Tool.Driver.Rules, func(x sarifRule) bool { return x.ID == f.Rule })
		if index < 0 {
			rule, err := describe(f.Rule)
			if err != nil {
				return err
			}
			index = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
		run.Results = append(run.Results, r.result(f, index, state))
		return nil
	}
	fresh := ""
	if r.Baseline != "" {
		fresh = "new"
	}
	for _, f := range r.Findings {
		if err := add(f, fresh); err != nil {
			return err
		}
	}
	for _, f := range r.Known {
		if err := add(f, "unchanged"); err != nil {
			return err
		}
	}
	return encode(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

// describe returns a rule with its page.
func describe(id string) (sarifRule, error) {
	page, err := fs.ReadFile(pages.Pages, id+".md")
	rule := rules.Find(id)
	s := sarifRule{ID: id, ShortDescription: sarifMessage{rule.Title}, Help: sarifHelp{string(page), string(page)}}
	if rule.Reason != "" {
		s.FullDescription = &sarifMessage{rule.Reason}
	}
	return s, err
}

func (r *Report) result(f rules.Finding, rule int, state string) sarifResult {
	region := sarifRegion{StartLine: f.Line, StartColumn: r.utf16(f.File, f.Line, f.Column), EndLine: f.EndLine, EndColumn: r.utf16(f.File, f.EndLine, f.EndColumn)}
	return sarifResult{
		RuleID: f.Rule, RuleIndex: rule, Level: "error",
		Message:       sarifMessage{f.Title + ". " + f.Reason + " The way out: " + f.WayOut + "."},
		Locations:     []sarifLocation{{sarifPhysical{sarifArtifact{(&url.URL{Path: f.File}).String(), "%SRCROOT%"}, region}}},
		Fingerprints:  map[string]string{"terem/v1": r.entry(f).Fingerprint},
		BaselineState: state,
	}
}

// utf16 returns the column in UTF-16 code units of one in bytes.
func (r *Report) utf16(file string, line, column int) int {
	text := r.line(file, line)
	n := 1
	for i, c := range text {
		if i >= column-1 {
			return n
		}
		if n++; c > 0xFFFF {
			n++
		}
	}
	return n + max(column-1-len(text), 0)
}
