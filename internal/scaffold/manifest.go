package scaffold

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// ManifestPath is where an application keeps its manifest.
const ManifestPath = ".terem/manifest.json"

// Manifest says what was written into an application and from which answers, so
// that later commands can tell what its owner has changed since.
type Manifest struct {
	Format   int            `json:"format"` // of the manifest itself: 1
	Template TemplateID     `json:"template"`
	Answers  Answers        `json:"answers"`
	Files    []ManifestFile `json:"files"` // in the order of their paths
}

// TemplateID names a template.
type TemplateID struct {
	Name    string `json:"name"`
	Version string `json:"version"` // of the library that it belongs to
}

// ManifestFile is a file as it was written.
type ManifestFile struct {
	Path string `json:"path"` // relative to the application's folder, with slashes
	// SHA256 is the sum of the content in hexadecimal digits; none for a local
	// file, which differs from machine to machine and is not committed.
	SHA256 string `json:"sha256,omitempty"`
	Local  bool   `json:"local,omitempty"`
}

// newManifest describes files, which are in the order of their paths.
func newManifest(a Answers, files []File) (File, error) {
	m := Manifest{Format: 1, Template: TemplateID{Name: "app", Version: libraryVersion}, Answers: a}
	for _, f := range files {
		entry := ManifestFile{Path: f.Path, Local: f.Local}
		if !f.Local {
			sum := sha256.Sum256(f.Data)
			entry.SHA256 = hex.EncodeToString(sum[:])
		}
		m.Files = append(m.Files, entry)
	}
	data, err := json.MarshalIndent(m, "", "  ")
	return File{Path: ManifestPath, Data: append(data, '\n')}, err
}
