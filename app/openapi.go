package app

import (
	"encoding/json"
	"io"
)

type openapiCommand struct{}

func (openapiCommand) Run(a *App, out io.Writer) error {
	if err := a.check(); err != nil {
		return err
	}
	spec, err := a.api.OpenAPI()
	if err != nil {
		return err
	}
	return printJSON(out, json.RawMessage(spec))
}
