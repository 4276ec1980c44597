package cli

// addCommand are the verbs that write more into an application.
type addCommand struct {
	Domain     addDomain     `cmd:"" help:"Write a domain: files, tests, migration and registration."`
	Field      addField      `cmd:"" help:"Add a field to a domain: model, schemas, tests, migration."`
	Route      addRoute      `cmd:"" help:"Add a route to a domain: handler, input and test."`
	Dependency addDependency `cmd:"" help:"Add a dependency to a domain: type, provider and test."`
	Event      addEvent      `cmd:"" help:"Add an event to a domain, and who subscribes to it."`
	Service    addService    `cmd:"" help:"Write a service: a use case of several domains."`
	Task       addTask       `cmd:"" help:"Write a task: work outside of requests."`
	Page       addPage       `cmd:"" help:"Write a page: route, handler, template and test."`
}
