package scaffold

import "github.com/terem-go/terem/internal/change"

// newManifest describes files, which are in the order of their paths.
func newManifest(a Answers, files []File) File {
	m := change.Manifest{Format: 1, Template: change.TemplateID{Name: "app", Version: change.TemplateVersion}, Answers: change.Answers(a)}
	for _, f := range files {
		entry := change.ManifestFile{Path: f.Path, Local: f.Local}
		if !f.Local {
			entry.SHA256 = change.Sum(f.Data)
		}
		m.Files = append(m.Files, entry)
	}
	return File{Path: change.ManifestPath, Data: m.Marshal()}
}
