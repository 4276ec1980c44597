package cli

// removeCommand are the verbs that undo what terem add has written.
type removeCommand struct {
	Domain     removeDomain     `cmd:"" help:"Remove a domain that terem add has written."`
	Field      removeField      `cmd:"" help:"Remove a field that terem add has added."`
	Route      removeRoute      `cmd:"" help:"Remove a route that terem add has added."`
	Dependency removeDependency `cmd:"" help:"Remove a dependency that terem add has added."`
	Event      removeEvent      `cmd:"" help:"Remove an event that terem add has added."`
	Service    removeService    `cmd:"" help:"Remove a service that terem add has written."`
	Task       removeTask       `cmd:"" help:"Remove a task that terem add has written."`
	Page       removePage       `cmd:"" help:"Remove a page that terem add has written."`
}
