// Package everything has models with everything that a model can have.
package everything

import (
	"database/sql"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	money "github.com/shopspring/decimal"

	"github.com/terem-go/terem/civil"
	data "github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/schema/testdata/everything/shared"
)

type status string

const (
	draft status = "draft"
	sent  status = "sent"
)

func (s status) Values() []string { return []string{string(draft), string(sent)} }

// notEnum has a method that looks like an enum's.
type notEnum string

func (*notEnum) Values() []string { return nil }

type number = int32

type level int

type embedded struct {
	Small  int8    `db:"small"`
	Short  int16   `db:"short"`
	Long   int64   `db:"long"`
	Word   uint    `db:"word"`
	Byte   byte    `db:"byte"`
	Rune   rune    `db:"rune"`
	Half   uint16  `db:"half"`
	Whole  uint32  `db:"whole"`
	Double uint64  `db:"double"`
	Real   float32 `db:"real"`
	Exact  float64 `db:"exact"`
}

// Customer is referred to.
type Customer struct {
	ID   uuid.UUID `db:"id,pk"`
	Name string    `db:"name,unique,size:80"`
}

// Order has a column of everything.
type Order struct {
	ID int `db:"id,pk"`
	embedded
	Number   number                        `db:"number,index"`
	Level    level                         `db:"level,default:3"`
	Customer uuid.UUID                     `db:"customer_id,ref:customers,ondelete:cascade"`
	Before   *uuid.UUID                    `db:"before,ref:customers.id,ondelete:null"`
	Maybe    uuid.NullUUID                 `db:"maybe"`
	Status   status                        `db:"status,default:'draft'"`
	Colour   *shared.Colour                `db:"colour"`
	Not      notEnum                       `db:"not_enum"`
	Price    money.Decimal                 `db:"price,decimal:12:2,check:price >= 0 AND (price < 10 OR price > 20)"`
	Free     *money.Decimal                `db:"free"`
	Nothing  money.NullDecimal             `db:"nothing,decimal:5:0"`
	Tags     data.JSON[[]string]           `db:"tags"`
	Extra    *data.JSON[map[string]status] `db:"extra"`
	Raw      json.RawMessage               `db:"raw,size:100"`
	Bytes    []byte                        `db:"bytes"`
	Picture  *[]byte                       `db:"picture"`
	Note     *string                       `db:"note,size:10"`
	Done     bool                          `db:"done,default:FALSE"`
	Wait     time.Duration                 `db:"wait"`
	Point    shared.Point                  `db:"point"`
	Points   *shared.Point                 `db:"points"`
	Text     sql.NullString                `db:"text"`
	When     sql.Null[time.Time]           `db:"when"`
	Day      civil.Date                    `db:"day"`
	Gone     *civil.Date                   `db:"gone_on"`
	NoDay    sql.Null[civil.Date]          `db:"no_day"`
	Which    sql.Null[status]              `db:"which"`
	shared.Stamps
	Version   int64      `db:"version,version"`
	DeletedAt *time.Time `db:"deleted_at,deleted"`
	Left      []string   `db:"-"`
	hidden    map[string]int
}

const below = "deleted_at IS NULL"

// Table implements dao's description.
func (o Order) Table(t *data.Def) {
	t.Unique("customer_id", "number")
	t.Index("status", "-created_at").Where(below)
	t.Check("numbers", "small < short"+" OR "+"short < 0")
}

// Shop has a description that it embeds, and a key of two columns.
type Shop struct {
	Country string `db:"country,pk,size:2"`
	Code    int    `db:"code,pk"`
	shared.Place
}

// Pair is a model with a parameter.
type Pair[K any] struct {
	Key K   `db:"key,pk"`
	N   int `db:"n"`
}

const shops = "shop" + "s"

// Tables are those of the package.
func Tables() []func() (*data.Model, error) {
	_ = Order{}.hidden
	local := data.Of[Customer]("customers")
	return []func() (*data.Model, error){
		local.Model,
		data.Of[Order]("orders").Model,
		data.Of[Shop](shops).Model,
		data.Of[Pair[string]]("pairs").Model,
	}
}
