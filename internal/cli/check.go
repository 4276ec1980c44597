package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	pages "github.com/terem-go/terem/docs/rules"
	"github.com/terem-go/terem/internal/source"
	"github.com/terem-go/terem/internal/structure/report"
	"github.com/terem-go/terem/internal/structure/rules"
)

// checkCommand is the verb check.
type checkCommand struct {
	Dir           string `type:"application" default:"." placeholder:"DIR" help:"The application's folder; the current one by default."`
	JSON          bool   `xor:"format" help:"Print JSON."`
	SARIF         bool   `name:"sarif" xor:"format" help:"Print SARIF 2.1.0, which code hosts show beside the source."`
	Baseline      string `placeholder:"FILE" help:"The known findings; .terem/baseline.json in the application's folder by default, if it is there."`
	WriteBaseline bool   `help:"Record what is found as known. If there is such a record, take out what is gone."`
	Fix           bool   `help:"Put right what can be put right without changing what the application does."`
	Explain       string `placeholder:"RULE" help:"Print the page of a rule."`
}

// Help is shown below the flags' help.
func (checkCommand) Help() string {
	return `The layout is the rule: nothing needs to be configured, and any Go module with folders of domains can be checked. A domain is a folder that has a domain.go or a router.go, or two of router.go, schemas.go, models.go and repository.go. The exit status is 1 when something is found that the baseline does not have, or the baseline has what is gone.

A finding that is meant is excused in the source, on its line or above it:

    //terem:ignore role-imports the status is stored as the partner sends it`
}

// Validate refuses rules that do not exist.
func (k *checkCommand) Validate() error {
	if k.Explain == "" || rules.Find(k.Explain) != nil {
		return nil
	}
	var list []string
	for _, r := range rules.All {
		list = append(list, r.ID)
	}
	return fmt.Errorf("there is no rule %s; there are %s", k.Explain, strings.Join(list, ", "))
}

// Run prints what is found.
func (k *checkCommand) Run(ctx context.Context, c *console) error {
	if k.Explain != "" {
		page, err := fs.ReadFile(pages.Pages, k.Explain+".md")
		if err == nil {
			_, err = c.out.Write(page)
		}
		return err
	}
	r, err := k.check(ctx)
	if err != nil {
		return err
	}
	if k.Fix {
		files, err := r.Fix(func(overlay map[string][]byte) error {
			code, err := source.Load(ctx, k.Dir, source.Options{Overlay: overlay})
			if err == nil {
				err = code.Err()
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range files {
			c.progress("put right: " + f)
		}
		if len(files) > 0 {
			if r, err = k.check(ctx); err != nil {
				return err
			}
		}
	}
	if k.WriteBaseline {
		if err := r.WriteBaseline(k.baseline()); err != nil {
			return fmt.Errorf("the baseline was not written: %w", err)
		}
	}
	return k.print(c, r)
}

// check compares what the rules find with the baseline.
func (k *checkCommand) check(ctx context.Context) (*report.Report, error) {
	p, a, err := readApplication(ctx, k.Dir)
	if err != nil {
		return nil, err
	}
	if below := p.Below(); len(below) > 0 {
		return nil, fmt.Errorf("%s is no application, but has some in folders below: check one at a time, as by terem check --dir %s (there are %s)",
			p.Dir, filepath.Join(k.Dir, filepath.FromSlash(below[0])), strings.Join(below, ", "))
	}
	r := report.New(p.Dir, a, rules.Check(p, a, rules.All))
	return r, r.Compare(k.baseline(), k.Baseline != "" && !k.WriteBaseline)
}

func (k *checkCommand) baseline() string {
	if k.Baseline != "" {
		return k.Baseline
	}
	return filepath.Join(k.Dir, filepath.FromSlash(report.BaselineFile))
}

func (k *checkCommand) print(c *console, r *report.Report) (err error) {
	switch {
	case k.JSON:
		err = r.JSON(c.out)
	case k.SARIF:
		err = r.SARIF(c.out)
	default:
		r.Text(c.out)
	}
	switch {
	case err != nil || r.Clean():
		return err
	case len(r.Findings) == 0:
		return errors.New("the baseline has what is gone")
	}
	return fmt.Errorf("%s", report.Count(len(r.Findings), "finding"))
}
