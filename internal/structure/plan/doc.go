// Package plan draws the structure of an application as a house: a page that shows its rooms, a Mermaid
// flowchart, and the differences from a plan that was recorded before.
package plan
