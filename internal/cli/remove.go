package cli

// removeCommand are the verbs that undo what terem add has written.
type removeCommand struct {
	Domain  removeDomain  `cmd:"" help:"Remove a domain that terem add has written."`
	Service removeService `cmd:"" help:"Remove a service that terem add has written."`
	Task    removeTask    `cmd:"" help:"Remove a task that terem add has written."`
	Event   removeEvent   `cmd:"" help:"Remove an event that terem add has written."`
	Page    removePage    `cmd:"" help:"Remove a page that terem add has written."`
}
