package cli

// addCommand are the verbs that write more into an application.
type addCommand struct {
	Domain  addDomain  `cmd:"" help:"Write a domain: its files, tests, migration and registration."`
	Service addService `cmd:"" help:"Write a service: a use case of several domains."`
	Task    addTask    `cmd:"" help:"Write a task: work outside of requests."`
	Event   addEvent   `cmd:"" help:"Write an event, and who subscribes to it."`
	Page    addPage    `cmd:"" help:"Write a page: its route, handler, template and test."`
}
