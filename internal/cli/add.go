package cli

// addCommand are the verbs that write more into an application.
type addCommand struct {
	Domain     addDomain     `cmd:"" help:"Write a domain: its files, tests, migration and registration."`
	Field      addField      `cmd:"" help:"Add a field to a domain: to its model, schemas and tests, and a migration."`
	Route      addRoute      `cmd:"" help:"Add a route to a domain: its registration, handler, input and test."`
	Dependency addDependency `cmd:"" help:"Add a dependency to a domain: its type, provider, registration and test."`
}
