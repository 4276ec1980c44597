// Package structure reads how an application is built, from its source and without
// running it: its rooms and their files, who uses whom, routes, tables, jobs and
// events.
package structure
