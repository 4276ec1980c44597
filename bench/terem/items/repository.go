package items

import "github.com/terem-go/terem/dao"

// Repository reads and writes items.
type Repository struct{ dao.Table[Item] }
