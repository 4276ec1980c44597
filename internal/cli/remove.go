package cli

// removeCommand are the verbs that undo what terem add has written.
type removeCommand struct {
	Domain     removeDomain     `cmd:"" help:"Remove a domain that terem add has written."`
	Field      removeField      `cmd:"" help:"Remove a field that terem add has added."`
	Route      removeRoute      `cmd:"" help:"Remove a route that terem add has added."`
	Dependency removeDependency `cmd:"" help:"Remove a dependency that terem add has added."`
}
